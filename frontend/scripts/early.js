// Runs before the first paint: the theme the reader chose, and the word that scripts work.
const root = document.documentElement
root.classList.add("js")
try {
  const theme = localStorage.getItem("theme")
  if (theme) root.dataset.theme = theme
} catch {
  // Storage may be closed to us; the system's theme will do.
}
