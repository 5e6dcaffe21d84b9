import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

/** Everything between this machine and the orchestrator, in the order in which it can go wrong. */
export const orchestratorErrors = entries({
  NAME_NOT_FOUND: {
    title: 'A name of the orchestrator does not exist in DNS',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the spelling of the domain, and that this machine asks the site’s own DNS server: cat /etc/resolv.conf',
  },
  NAME_SERVER_SILENT: {
    title: 'No DNS server answered',
    exitCode: exitCodes.orchestrator,
    hint: 'Check which DNS servers this machine asks, and that they are reachable: cat /etc/resolv.conf',
  },
  NAME_SERVER_FAILED: {
    title: 'The DNS server answered with a failure',
    exitCode: exitCodes.orchestrator,
    hint: 'Ask the site’s DNS administrator, or try another server in /etc/resolv.conf',
  },
  CONNECTION_REFUSED: {
    title: 'The orchestrator’s machine refused the connection',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the port, and that the orchestrator’s ingress is running.',
  },
  CONNECTION_TIMEOUT: {
    title: 'The orchestrator did not answer the connection',
    exitCode: exitCodes.orchestrator,
    hint: 'A firewall may drop it: allow TCP 443 (or 9443) from this machine to the orchestrator, or name the proxy: orchestrator.proxy, --proxy URL.',
  },
  HOST_UNREACHABLE: {
    title: 'There is no route to the orchestrator',
    exitCode: exitCodes.orchestrator,
    hint: 'ip route; check the gateway, or name the proxy of this site: orchestrator.proxy, --proxy URL.',
  },
  CONNECTION_CUT: {
    title: 'The connection to the orchestrator was cut',
    exitCode: exitCodes.orchestrator,
    hint: 'Try again; when it happens every time, look for a firewall or proxy between here and the orchestrator.',
  },
  PROXY_INVALID: {
    title: 'The proxy setting cannot be used',
    exitCode: exitCodes.configuration,
    hint: 'Set HTTPS_PROXY to a URL such as http://proxy.example.com:3128',
  },
  PROXY_UNREACHABLE: {
    title: 'The proxy cannot be reached',
    exitCode: exitCodes.orchestrator,
    hint: 'Check orchestrator.proxy and HTTPS_PROXY, or list the orchestrator’s domain in NO_PROXY when no proxy is needed for it.',
  },
  PROXY_LOGIN_NEEDED: {
    title: 'The proxy wants a user name and a password',
    exitCode: exitCodes.orchestrator,
    hint: 'Set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT in the environment of this command; for the service, in a file that `systemctl edit emf-pxe` names as EnvironmentFile=.',
  },
  PROXY_REFUSED: {
    title: 'The proxy would not connect to the orchestrator',
    exitCode: exitCodes.orchestrator,
    hint: 'List the orchestrator’s domain in NO_PROXY, or ask the proxy’s administrator to allow it.',
  },
  TLS_NOT_SPOKEN: {
    title: 'The port does not speak TLS',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the port: something other than an HTTPS server answers there.',
  },
  TLS_NO_COMMON_GROUND: {
    title: 'No TLS version or cipher in common',
    exitCode: exitCodes.orchestrator,
    hint: 'The server must offer TLS 1.2 or newer; iPXE on the nodes needs TLS 1.2.',
  },
  TLS_FAILED: {
    title: 'The TLS handshake failed',
    exitCode: exitCodes.orchestrator,
    hint: 'openssl s_client -connect HOST:PORT -servername HOST',
  },
  TLS_INTERCEPTED: {
    title: 'Something between here and the orchestrator opens the TLS connection',
    exitCode: exitCodes.orchestrator,
    hint: 'List the orchestrator’s domain in NO_PROXY, and ask for it to be exempt from TLS inspection: nodes cannot boot through it.',
  },
  CERTIFICATE_UNTRUSTED: {
    title: 'The orchestrator’s certificate is not signed by a trusted authority',
    exitCode: exitCodes.orchestrator,
    hint: 'Give the authority’s certificate with --ca-file FILE, or a confirmed fingerprint with --trust-fingerprint SHA256',
  },
  CERTIFICATE_WRONG_NAME: {
    title: 'The certificate is for another name',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the domain; a certificate for another name often means that DNS points to another server.',
  },
  CERTIFICATE_EXPIRED: {
    title: 'The certificate has expired',
    exitCode: exitCodes.orchestrator,
    hint: 'date; if this clock is right, the orchestrator’s certificate must be renewed there.',
  },
  CERTIFICATE_NOT_YET_VALID: {
    title: 'The certificate is not valid yet',
    exitCode: exitCodes.orchestrator,
    hint: 'This clock is probably behind: timedatectl',
  },
  CERTIFICATE_CHANGED: {
    title: 'The certificate is not the one whose fingerprint was confirmed',
    exitCode: exitCodes.orchestrator,
    hint: 'Compare the new fingerprint with the orchestrator’s own before trusting it with --trust-fingerprint SHA256',
  },
  TRUST_UNDECIDED: {
    title: 'Nobody has said whether this certificate is to be trusted',
    exitCode: exitCodes.usage,
    hint: 'Give --ca-file FILE, or --trust-fingerprint SHA256 after comparing it with the orchestrator’s own.',
  },
  TRUST_DECLINED: {
    title: 'The certificate was not confirmed',
    exitCode: exitCodes.aborted,
    hint: 'Nothing was changed. Compare the fingerprint with the orchestrator’s administrator, then run the command again.',
  },
  CA_FILE_UNREADABLE: {
    title: 'The CA file cannot be read',
    exitCode: exitCodes.configuration,
    hint: 'ls -l FILE',
  },
  CA_FILE_INVALID: {
    title: 'The CA file holds no certificate',
    exitCode: exitCodes.configuration,
    hint: 'openssl x509 -in FILE -noout -subject',
  },
  RESPONSE_TIMEOUT: {
    title: 'The orchestrator accepted the request and then said nothing',
    exitCode: exitCodes.orchestrator,
    hint: 'Try again later; the service behind the ingress may be starting or overloaded.',
  },
  RESPONSE_STALLED: {
    title: 'The answer stopped part-way',
    exitCode: exitCodes.orchestrator,
    hint: 'Try again; a download continues where it stopped.',
  },
  RESPONSE_TRUNCATED: {
    title: 'The answer ended too early',
    exitCode: exitCodes.orchestrator,
    hint: 'Try again; a download continues where it stopped.',
  },
  RESPONSE_TOO_LARGE: {
    title: 'The answer is larger than it may be',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the URL: another kind of file is served there.',
  },
  RESPONSE_UNREADABLE: {
    title: 'The answer is not what this request returns',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the URL: another kind of server may answer there.',
  },
  LOGIN_PAGE: {
    title: 'A web page came instead of the file',
    exitCode: exitCodes.orchestrator,
    hint: 'A login page or a captive portal answers: check the URL, or sign in to the network in a browser first.',
  },
  HTTP_REDIRECTED: {
    title: 'The server points elsewhere',
    exitCode: exitCodes.orchestrator,
    hint: 'If the new place is right, give its URL with --artifact-url URL',
  },
  HTTP_UNAUTHORIZED: {
    title: 'The orchestrator wants a valid token',
    exitCode: exitCodes.orchestrator,
    hint: 'Get a new token; access tokens live one hour. Give it with --token-file FILE, or - for stdin.',
  },
  HTTP_FORBIDDEN: {
    title: 'The orchestrator does not allow this to this user',
    exitCode: exitCodes.orchestrator,
    hint: 'Ask the orchestrator’s administrator for membership in the group that this needs.',
  },
  HTTP_NOT_FOUND: {
    title: 'The orchestrator does not have this file or service',
    exitCode: exitCodes.orchestrator,
    hint: 'After an installation or upgrade boot files appear up to 15 minutes late: wait, then try again.',
  },
  HTTP_RATE_LIMITED: {
    title: 'The orchestrator asks for fewer requests',
    exitCode: exitCodes.orchestrator,
    hint: 'Wait as long as it says, then try again.',
  },
  HTTP_SERVER_ERROR: {
    title: 'The orchestrator failed while answering',
    exitCode: exitCodes.orchestrator,
    hint: 'Try again later; when it lasts, the orchestrator’s administrator finds the cause in its logs.',
  },
  HTTP_UNEXPECTED_STATUS: {
    title: 'The orchestrator gave an answer that this request does not expect',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the URL and the orchestrator’s release.',
  },
  ENDPOINT_NOT_FOUND: {
    title: 'No provisioning endpoint was found under this domain',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the domain; or give the exact address of the boot file with --artifact-url URL',
  },
  TOKEN_MISSING: {
    title: 'A token is needed and none was given',
    exitCode: exitCodes.usage,
    hint: 'Give it with --token-file FILE (- for stdin) or in EMF_PXE_TOKEN; never on the command line.',
  },
  TOKEN_UNREADABLE: {
    title: 'The token file cannot be read or written',
    exitCode: exitCodes.configuration,
    hint: 'ls -l FILE',
  },
  TOKEN_MALFORMED: {
    title: 'This is not a JSON Web Token',
    exitCode: exitCodes.usage,
    hint: 'A token has three parts joined by dots and begins with eyJ: copy it again, whole and on one line.',
  },
  TOKEN_EXPIRED: {
    title: 'The token has expired',
    exitCode: exitCodes.orchestrator,
    hint: 'Get a new one; access tokens live one hour.',
  },
  LOGIN_REJECTED: {
    title: 'The orchestrator does not accept this user name and password',
    exitCode: exitCodes.orchestrator,
    hint: 'Check both, and that the account works in the orchestrator’s web interface.',
  },
  CATALOG_CONFLICT: {
    title: 'The catalog already has this version',
    exitCode: exitCodes.orchestrator,
    hint: 'Raise the package’s version, or delete the old one in the orchestrator first.',
  },
  CATALOG_REJECTED: {
    title: 'The catalog does not accept the package',
    exitCode: exitCodes.orchestrator,
    hint: 'Correct what the catalog names above, then upload again.',
  },
  NODES_CSV_INVALID: {
    title: 'The CSV file has problems',
    exitCode: exitCodes.configuration,
    hint: 'Correct the lines named above. The columns are: MAC or UUID, and serial.',
  },
})
