// What all parts of the page share: what lies open, what is seen, and how a node is made.
"use strict";
const $ = id => document.getElementById(id);
const at = { me: sessionStorage.me || "", channel: "", thread: "", tab: "messages", read: {} };
let see = null, asking = false, again = false;

function h(tag, with_, ...inside) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(with_ || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "html") made.innerHTML = value;
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...inside.flat(9).filter(x => x != null && x !== false));
  return made;
}
