/* A page that keeps itself is left while something is not kept yet, or while it is on its way: it is sent once more, by a
   request that outlives the page. What a button sends goes its own way. */
const kept = new WeakMap()
const step = () => document.querySelector("#step form.step")
const typed = (form) => new URLSearchParams(new FormData(form)).toString()
const answers = (said) => said.replace(/[^&]+_(how|was)=[^&]*/g, "")

function remember() {
  const form = step()
  if (form && !kept.has(form)) kept.set(form, typed(form))
}
document.addEventListener("DOMContentLoaded", remember)
document.addEventListener("focusin", remember)
document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.elt === step() && kept.set(detail.xhr, typed(detail.elt)))
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful || !kept.has(detail.xhr)) return
  const [sent, now] = [kept.get(detail.xhr), typed(detail.elt)]
  kept.set(detail.elt, answers(sent) === answers(now) ? now : sent) // the answer may have set which of three it is
})
addEventListener("pagehide", () => {
  const form = step()
  if (!form || form.dataset.sent || !kept.has(form) || kept.get(form) === typed(form)) return
  const headers = { "HX-Request": "true", "HX-Target": "saved" }
  fetch(form.action, { method: "POST", headers, body: new URLSearchParams(typed(form)), keepalive: true }).catch(() => {})
})
