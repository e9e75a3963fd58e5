// Proves the colours: every pair that carries text reaches 4.5 : 1 and every edge that means something 3 : 1,
// in both themes; and the two dark sets say the same.
import { readFile } from "node:fs/promises"

const TEXT = [
  ["ink", "paper card wash tint good-tint attention-tint stop-tint"],
  ["soft", "paper card wash tint"],
  ["brand", "paper card wash tint"],
  ["brand-deep", "paper card wash tint"],
  ["on-brand", "brand brand-deep"],
  ["on-brand-soft", "brand brand-deep"],
  ["paper", "ink"],
  ["good", "card good-tint"],
  ["attention", "card attention-tint"],
  ["stop", "card wash stop-tint"],
]
const EDGE = [["field", "paper card"], ["brand", "paper card tint"], ["focus-ring", "focus"]]

const css = await readFile(new URL("../styles/tokens.css", import.meta.url), "utf8")
const [light, dark, chosen] = [...css.matchAll(/:root[^{]*\{([^}]*)\}/g)].map(([, body]) =>
  Object.fromEntries([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])))

const faults = []
if (JSON.stringify(dark) !== JSON.stringify(chosen)) faults.push("the two dark sets differ")
for (const [theme, colours] of Object.entries({ light, dark })) {
  prove(theme, colours, TEXT, 4.5)
  prove(theme, colours, EDGE, 3)
}
console.log(faults.length ? faults.join("\n") : "Every pair of colours holds in both themes.")
process.exitCode = faults.length ? 1 : 0

function prove(theme, colours, pairs, least) {
  for (const [front, backs] of pairs) for (const back of backs.split(" ")) {
    const ratio = contrast(colours[front], colours[back])
    if (ratio < least) faults.push(`${theme}: ${front} on ${back} is ${ratio.toFixed(2)}, not ${least}`)
  }
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
