/* What changes parts of a page. A script of its own, because public pages fetch it only at the first touch. */
import htmx from "htmx.org"
import "./signing.js"

// That it writes no styles of its own stands in the page's head: fetched late, it would have done so before this line.
htmx.config.allowEval = false
htmx.config.allowScriptTags = false
htmx.config.historyCacheSize = 0 // no copies of people's pages in the browser's storage
htmx.config.refreshOnHistoryMiss = true
htmx.config.scrollBehavior = "instant"
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "4(09|22)", swap: true }, // a form that comes back with its errors
  { code: "[45]..", swap: false, error: true },
]
