/* What a search page can do more where scripts run: near me, the map beside its list, focus that stays where it was. */
const on = (type, act, early) => document.addEventListener(type, act, early)

/* Near me: asked for only on a tap, rounded to a kilometre before it leaves, in the address of one search. */
on("click", (event) => {
  const button = event.target.closest?.("[data-near-me]")
  if (!button) return
  const form = button.form
  const cannot = () => {
    button.removeAttribute("aria-busy")
    document.getElementById("live")?.replaceChildren(button.dataset.nearMe)
  }
  if (!navigator.geolocation) return cannot()
  button.setAttribute("aria-busy", "true")
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    const asked = new FormData(form)
    asked.set("near", `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`)
    location.assign(`${form.action}?${new URLSearchParams([...asked].filter(([, value]) => value))}`)
  }, cannot, { timeout: 15000, maximumAge: 600000 })
})

/* A marker and its row light up together. */
const other = (from) => {
  const marker = from.closest?.(".map-marker")
  if (marker) return [marker, document.querySelector(marker.getAttribute("href"))]
  const row = from.closest?.(".result[id]")
  return row ? [row, document.querySelector(`.map-marker[href="#${row.id}"]`)] : []
}
const light = (event) => {
  document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"))
  if (event.type === "mouseover" || event.type === "focusin") other(event.target).forEach((part) => part?.classList.add("lit"))
}
for (const type of ["mouseover", "mouseout", "focusin", "focusout"]) on(type, light)

/* The map: open beside the list, as the reader left it where it folds. */
const beside = matchMedia("(min-width: 62.5rem)")
let unfolded = false
const fold = () => document.querySelectorAll(".map-fold").forEach((map) => { map.open = beside.matches || unfolded })
on("toggle", (event) => {
  if (!beside.matches && event.target.matches?.(".map-fold")) unfolded = event.target.open
}, true)
on("DOMContentLoaded", fold)
on("htmx:afterSettle", fold)
beside.addEventListener("change", fold)

/* Where the link that was followed is gone, reading goes on at the new count. Filters stay open. */
let filters = false
on("htmx:beforeSwap", () => { filters = document.querySelector(".wishes details")?.open ?? false })
on("htmx:afterSettle", (event) => {
  if (filters) document.querySelector(".wishes details")?.setAttribute("open", "")
  if (event.target.id === "finding" && document.activeElement === document.body) document.getElementById("found")?.focus({ preventScroll: true })
})
