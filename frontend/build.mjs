// Builds everything a page asks for into static/dist: one style sheet, one script, the fonts,
// a sprite of the icons that templates name, and manifest.json ("app.css" -> "app-HASH.css").
// File names carry the hash of their content, so they may be cached for ever.
import { createHash } from "node:crypto"
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises"
import { basename, dirname, extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import subset from "subset-font"

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, "static", "dist")
const modules = join(here, "node_modules")

// Icons that no template names in plain sight, because Python or a variable chooses them.
const ALSO = [
  ..."circle-check triangle-alert octagon-x info".split(" "), // a notice, by its kind
  ..."baby bed briefcase cloud-rain footprints house life-buoy scale sprout stethoscope utensils wallet wine-off".split(" "), // the first questions
  ..."arrow-down arrow-left arrow-right arrow-up minus plus rotate-ccw".split(" "), // moving a map
  ..."book-open bookmark chart-column heart-handshake inbox key-round lock search shield store sun users users-round waypoints".split(" "), // the navigation
]

/** htmx's own minified file is a sixth smaller than what esbuild makes of its module; it only lacks an export. */
const htmxAlreadySmall = {
  name: "htmx-already-small",
  setup({ onResolve, onLoad }) {
    const path = join(modules, "htmx.org", "dist", "htmx.min.js")
    onResolve({ filter: /^htmx\.org$/ }, () => ({ path }))
    onLoad({ filter: /htmx\.min\.js$/ }, async () => ({ contents: `${await readFile(path, "utf8")}\nexport default htmx` }))
  },
}

/** The face of every page, cut down to what French and English are written with and to the weights that the styles use:
    half its size. Letters beyond come from the second file, which only pages that hold some fetch. */
const RARE = "¤¦¨¬¯´¶¸¼½¾¹²³¢¥ªµ±÷ÐÞðþ" // neither language is written with these
const WRITTEN = [[0x20, 0x7e], [0xa0, 0xff]]
  .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at)))
  .filter((sign) => !RARE.includes(sign)).join("") + "ŒœŸ–—‘’‚“”„•…\u2009‹›€™−×"
const smallerFaces = {
  name: "smaller-faces",
  setup({ onLoad }) {
    onLoad({ filter: /-latin-wght-normal\.woff2$/ }, async ({ path }) => ({
      loader: "file",
      contents: await subset(await readFile(path), WRITTEN, { targetFormat: "woff2", variationAxes: { wght: { min: 400, max: 680 } } }),
    }))
  },
}

const made = {}
const bundled = await bundle()
for (const [path, { bytes }] of Object.entries(bundled)) await put(path, bytes)
await put("icons.svg", await sprite())
await put("mark.svg", await readFile(join(here, "static", "mark.svg")))
await put("licences.txt", await licences())
await keepOnly([...Object.values(made), "manifest.json"])
await put("manifest.json", JSON.stringify(made, Object.keys(made).sort(), 2) + "\n")

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: ["styles/app.css", "scripts/app.js", "scripts/htmx.js", "scripts/early.js"],
    outdir: dist, outbase: here, bundle: true, minify: true, write: false, legalComments: "none",
    entryNames: "[name]-[hash]", assetNames: "[name]-[hash]", loader: { ".woff2": "file" },
    target: ["chrome100", "firefox102", "safari15.4"], plugins: [htmxAlreadySmall, smallerFaces],
  })
  return Object.fromEntries(outputFiles.map((file) => [basename(file.path), { bytes: file.contents }]))
}

/** One <symbol> for each icon used; an unknown name stops the build. */
async function sprite() {
  const named = [...new Set([...ALSO, ...(await namedInTemplates())])].sort()
  const symbols = await Promise.all(named.map(async (name) => {
    const svg = await readFile(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8").catch(() => {
      throw new Error(`Lucide has no icon called “${name}”`)
    })
    const inside = svg.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "")
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside}</symbol>`
  }))
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`
}

async function namedInTemplates() {
  const root = join(here, "templates")
  const files = (await readdir(root, { recursive: true })).filter((path) => path.endsWith(".html"))
  const texts = await Promise.all(files.map((path) => readFile(join(root, path), "utf8")))
  return texts.flatMap((text) => [...text.matchAll(/\b(?:icon|svg)(?:\(|=)\s*["']([a-z0-9-]+)["']/g)].map((hit) => hit[1]))
}

async function licences() {
  const { dependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"))
  const parts = await Promise.all(Object.keys(dependencies).map(async (name) =>
    `${name} ${dependencies[name]}\n\n${await readFile(join(modules, name, "LICENSE"), "utf8")}`))
  return parts.join(`\n${"-".repeat(72)}\n\n`)
}

/** Writes beside, then renames: a server reading at this moment never sees half a file. */
async function put(name, content) {
  await mkdir(dist, { recursive: true })
  const file = name === "manifest.json" ? name : hashed(name, content)
  if (name !== "manifest.json") made[plain(name)] = file
  const beside = join(dist, `.${file}.${process.pid}`)
  await writeFile(beside, content)
  await rename(beside, join(dist, file))
}

function hashed(name, content) {
  if (/-[A-Z0-9]{8}\./.test(name)) return name
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase()
  return `${basename(name, extname(name))}-${hash}${extname(name)}`
}

function plain(name) {
  return name.replace(/-[A-Z0-9]{8}\./, ".")
}

async function keepOnly(names) {
  for (const name of await readdir(dist)) if (!names.includes(name)) await rm(join(dist, name), { recursive: true })
}
