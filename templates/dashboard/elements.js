/**
 * Elements are made here and nowhere else. Text always enters as text (`textContent`), so that nothing
 * from the network can become markup.
 */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children)
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

/** Sets text only when it differs: an unchanged text is not read out again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/** Makes `list` hold one child per item, in order; children of known keys are kept and updated. */
export function keep(list, items, keyOf, make, update) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]))
  items.forEach((item, index) => {
    const key = keyOf(item)
    let child = known.get(key)
    known.delete(key)
    if (child === undefined) {
      child = make(item)
      child.dataset.key = key
    }
    update(child, item)
    if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null)
  })
  for (const child of known.values()) child.remove()
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  node.append(...children)
  return node
}
