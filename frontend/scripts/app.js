import "./finding.js"
import "./inbox.js"
import "./keeping.js"
import "./leaving.js"
import "./shortlist.js"

const on = (type, act) => document.addEventListener(type, act)
const all = (selector, from = document) => [...from.querySelectorAll(selector)]

/* Public pages work without the second script, so they fetch it at the first touch: a first look at them stays light. */
const second = document.currentScript?.dataset.second
let fetched = !second
function fetchSecond() {
  if (fetched) return
  if (document.readyState !== "complete") return addEventListener("load", fetchSecond, { once: true })
  fetched = true
  document.head.append(Object.assign(document.createElement("script"), { src: second }))
}
for (const type of ["pointerdown", "focusin", "keydown"]) addEventListener(type, fetchSecond, { capture: true, once: true })
addEventListener("popstate", ({ state }) => !fetched && state?.htmx && location.reload())

/* A form goes once, whether the browser or htmx sends it. It may go again when the answer is here,
   or after a while: the answer may have been a file, which leaves this page standing. */
document.addEventListener("submit", (event) => {
  const form = event.target
  if (form.method !== "post") return
  if (form.dataset.sent) {
    event.preventDefault()
    event.stopImmediatePropagation()
    return
  }
  form.dataset.sent = "yes"
  event.submitter?.setAttribute("aria-busy", "true")
  setTimeout(() => reopen(form), 8000)
}, true)
function reopen(form) {
  delete form.dataset.sent
  all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"))
}
addEventListener("pageshow", () => all("form[data-sent]").forEach(reopen))
on("htmx:afterRequest", (event) => all("form[data-sent]").forEach((form) => form.contains(event.target) && reopen(form)))

/* Filters send themselves; words wait until the hand rests. */
let resting
on("change", (event) => {
  if (event.target.matches("input:not([type=text], [type=search]), select")) send(event.target)
})
on("input", (event) => {
  if (!event.target.matches("input[type=text], input[type=search]")) return
  clearTimeout(resting)
  resting = setTimeout(() => send(event.target), 350)
})
function send(field) {
  field.closest("form[data-autosubmit]")?.requestSubmit()
}

/* Focus goes to what asks for attention: the errors, or what the new part marks. */
function attend(part) {
  const wanted = part.querySelector("[data-focus]")
  if (wanted) wanted.focus()
}
on("DOMContentLoaded", () => attend(document))
on("htmx:afterSettle", (event) => attend(event.target))

/* Where many places share the bar of a phone, this one is in sight. */
on("DOMContentLoaded", () => document.querySelector(".nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" }))

/* What htmx could not do is said aloud. */
const live = () => document.getElementById("live")
const say = (words) => live()?.replaceChildren(words ?? "")
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) on(failure, () => say(live()?.dataset.failed))
on("htmx:beforeRequest", () => say(""))

/* Light, dark, or as the system says: kept in this browser only. */
function show(theme) {
  all("[data-theme-choice]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme)))
}
on("click", (event) => {
  const theme = event.target.closest?.("[data-theme-choice]")?.dataset.themeChoice
  if (theme === undefined) return
  const root = document.documentElement
  if (theme) root.dataset.theme = theme
  else delete root.dataset.theme
  try {
    if (theme) localStorage.setItem("theme", theme)
    else localStorage.removeItem("theme")
  } catch {
    // Storage is closed: the choice lasts as long as the page.
  }
  show(theme)
})
on("DOMContentLoaded", () => show(document.documentElement.dataset.theme ?? ""))

/* Menus close when one looks elsewhere. */
on("click", (event) => all("details.menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open")))
on("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]")
  if (!menu) return
  menu.removeAttribute("open")
  menu.querySelector("summary").focus()
})

/* Printing and copying by button, shown only where scripts run. */
on("click", (event) => {
  if (event.target.closest?.("[data-print]")) print()
  const copier = event.target.closest?.("[data-copy]")
  if (!copier) return
  navigator.clipboard?.writeText(document.querySelector(copier.dataset.copy)?.innerText ?? "").then(() => {
    say(copier.dataset.copied)
    setTimeout(() => say(""), 4000)
  })
})

/* That somebody has this page before them is told once, when it can be seen; a page fetched in the background tells nothing. */
function tellSeen() {
  const part = document.querySelector("[data-seen]")
  if (!part || document.visibilityState !== "visible") return
  const { seen } = part.dataset
  part.remove()
  fetch(seen, { method: "POST", headers: JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), keepalive: true }).catch(() => {})
}
on("DOMContentLoaded", tellSeen)
on("visibilitychange", tellSeen)
