/* Leave now: by the link, or Escape three times. The page goes blank at once, what the device kept is erased, and
   this entry of the history becomes that of the other page. Pages of ours in other tabs leave too. */
const SOON = 2000
const channel = "BroadcastChannel" in window ? new BroadcastChannel("leave") : null
const link = () => document.querySelector("[data-leave]")
let escapes = []

function leave(way, alone) {
  document.documentElement.hidden = true
  document.title = new URL(way.dataset.leave).hostname
  try {
    localStorage.clear()
    sessionStorage.clear()
  } catch {
    // Storage is closed: there is nothing in it.
  }
  if (!alone) {
    channel?.postMessage("leave")
    // Our answer has the browser forget the cookies; nobody waits for it.
    fetch(way.href, { redirect: "manual", keepalive: true }).catch(() => {})
  }
  location.replace(way.dataset.leave)
}

document.addEventListener("click", (event) => {
  const way = event.target.closest?.("[data-leave]")
  if (!way) return
  event.preventDefault()
  leave(way, false)
})
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return
  escapes = [...escapes.filter((at) => event.timeStamp - at < SOON), event.timeStamp]
  if (link() && escapes.length >= 3) leave(link(), false)
})
if (channel) channel.onmessage = () => link() && leave(link(), true)
