/* A signature drawn by hand: lines of points on a sheet of 1000 by 1000, kept in a hidden field as they are drawn. */
const SIDE = 1000
const pads = (act) => document.querySelectorAll("canvas[data-signature]").forEach(act)

function kept(pad) {
  try {
    return JSON.parse(document.getElementById(pad.dataset.signature).value || "[]")
  } catch {
    return []
  }
}

function show(pad) {
  const pen = pad.getContext("2d")
  pen.clearRect(0, 0, SIDE, SIDE)
  pen.strokeStyle = getComputedStyle(pad).color
  pen.lineWidth = 6
  pen.lineCap = pen.lineJoin = "round"
  for (const line of pad.lines) {
    pen.beginPath()
    line.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)))
    pen.stroke()
  }
}

function at(pad, { clientX, clientY }) {
  const sheet = pad.getBoundingClientRect()
  return [(clientX - sheet.left) / sheet.width, (clientY - sheet.top) / sheet.height].map((part) => Math.round(part * SIDE))
}

function ready(pad) {
  pad.lines = kept(pad)
  show(pad)
  const keep = () => (document.getElementById(pad.dataset.signature).value = JSON.stringify(pad.lines))
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId)
    pad.lines.push([at(pad, event)])
  })
  pad.addEventListener("pointermove", (event) => {
    if (!pad.hasPointerCapture(event.pointerId)) return
    pad.lines.at(-1).push(at(pad, event))
    show(pad)
  })
  pad.addEventListener("pointerup", keep)
  pad.closest(".field").querySelector("[data-signature-clear]").addEventListener("click", () => {
    pad.lines = []
    keep()
    show(pad)
  })
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => pads(ready))
else pads(ready)
