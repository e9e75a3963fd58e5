/* The shortlist of this device: ids in the browser's own storage, sent to us only to be shown.
   Where the storage is closed, the links do what they do without a script. */
const KEY = "my-list"
const MOST = 20
const all = (selector, from = document) => [...from.querySelectorAll(selector)]
const live = () => document.getElementById("live")

function read() {
  try {
    return (localStorage.getItem(KEY) ?? "").split(",").filter(Boolean)
  } catch {
    return null
  }
}

function write(ids) {
  try {
    if (ids.length) localStorage.setItem(KEY, ids.slice(-MOST).join(","))
    else localStorage.removeItem(KEY)
  } catch {
    return
  }
  paint()
}

function paint() {
  const ids = read()
  if (!ids) return
  for (const link of all("[data-keep]")) {
    const on = ids.includes(link.dataset.keep)
    for (const part of all("[data-on], [data-off]", link)) part.hidden = "on" in part.dataset ? !on : on
    link.classList.toggle("on", on)
  }
  for (const link of all('.nav a[href*="/shortlist"]')) {
    const count = link.querySelector(".count") ?? Object.assign(document.createElement("span"), { className: "count" })
    count.textContent = ids.length
    if (ids.length) link.append(" ", count)
    else count.remove()
  }
}

function say(words) {
  live()?.replaceChildren(words ?? "")
  setTimeout(() => live()?.textContent === words && live().replaceChildren(), 4000)
}

/* The list's own page asks for what the device keeps; its address stays bare. */
async function show() {
  const place = document.querySelector("#my-list:not([data-from-address])")
  const ids = read()
  if (!place || !ids) return
  try {
    const answer = await fetch(ids.length ? `${place.dataset.mine}?s=${ids.join(",")}` : place.dataset.mine, { headers: { "HX-Request": "true" } })
    if (!answer.ok) throw new Error(answer.statusText)
    place.innerHTML = await answer.text()
    paint()
  } catch {
    live()?.replaceChildren(live().dataset.failed)
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-keep], [data-forget], [data-keep-all]")
  const ids = link && read()
  if (!ids) return
  const { keep, keepAll, saidOn, saidOff } = link.dataset
  if (keep !== undefined) {
    event.preventDefault()
    const on = ids.includes(keep)
    write(on ? ids.filter((id) => id !== keep) : [...ids, keep])
    say(on ? saidOff : saidOn)
    show()
  } else if (keepAll !== undefined) {
    write([...new Set([...ids, ...keepAll.split(",")])])
    location.assign(document.getElementById("my-list").dataset.mine)
  } else {
    write([])
    if (!document.querySelector("[data-from-address]")) {
      event.preventDefault()
      show()
    }
  }
})
document.addEventListener("DOMContentLoaded", () => {
  paint()
  show()
})
document.addEventListener("htmx:afterSettle", paint)
addEventListener("pageshow", (event) => event.persisted && paint())
addEventListener("storage", (event) => event.key === KEY && paint())
