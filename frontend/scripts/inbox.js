/* The inbox by keyboard. One key alone may be in somebody's way, who speaks to the machine: the switch turns them off. */
const KEPT = "relais-inbox-keys"
const inbox = () => document.querySelector("[data-inbox] .inbox")
const rows = () => [...inbox().children]
const off = () => localStorage.getItem(KEPT) === "off"

document.addEventListener("keydown", (event) => {
  if (!inbox() || off() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) return
  const acted = ACTS[event.key]?.(event.target.closest(".inbox > li"))
  if (acted) event.preventDefault()
})

const ACTS = {
  j: (row) => go(row ? rows()[rows().indexOf(row) + 1] : rows()[0]),
  k: (row) => go(row ? rows()[rows().indexOf(row) - 1] : rows().at(-1)),
  a: (row) => press(row, "[data-key=a]"),
  d: (row) => press(row, "[data-key=d]"),
  x: (row) => press(row, "input[name=pick]"),
  s: () => {
    const together = document.querySelector("#several details")
    if (!together) return false
    together.open = true
    together.querySelector("[name=do]:checked").focus()
    return true
  },
  "?": () => {
    const help = document.querySelector(".keys-help details")
    help.open = !help.open
    if (help.open) help.querySelector("summary").focus()
    return true
  },
}

function go(row) {
  row?.querySelector(".title a").focus()
  row?.scrollIntoView({ block: "nearest" })
  return row
}

function press(row, what) {
  const found = row?.querySelector(what)
  found?.click()
  return found
}

document.addEventListener("DOMContentLoaded", () => {
  const use = document.querySelector("[data-keys-on]")
  if (!use) return
  use.checked = !off()
  use.addEventListener("change", () => localStorage.setItem(KEPT, use.checked ? "on" : "off"))
})
