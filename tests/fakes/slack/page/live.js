// What people do goes to the server; what happened comes back. Loaded last: it begins everything.
"use strict";
async function act(asked) {
  const answer = await (await fetch("/page/do", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ me: see.me, ...asked }) })).json();
  if (!answer.ok) toast(answer.why);
  await refresh();
  return answer.ok;
}
async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  do {
    again = false;
    const asked = new URLSearchParams({ me: at.me, channel: at.channel, thread: at.thread }).toString();
    const answer = await fetch(`/page/state?${asked}`);
    if (asked !== new URLSearchParams({ me: at.me, channel: at.channel, thread: at.thread }).toString()) again = true;  // they went elsewhere meanwhile
    else if (answer.ok) { see = await answer.json(); at.me = see.me; at.channel = see.here.id; redraw(); }
  } while (again);
  asking = false;
}
function live() {
  const socket = new WebSocket(`ws://${location.host}/page/live`);
  socket.onmessage = refresh;
  socket.onclose = () => setTimeout(live, 1000);
}
const compose = { main: new Composer($("main"), false), side: new Composer($("aside"), true) };
$("shut").onclick = () => { at.thread = ""; refresh(); };
$("me").onchange = () => { sessionStorage.me = at.me = $("me").value; at.thread = ""; at.channel = ""; refresh(); };
// Stay at the end while pictures and films find their size, unless they scrolled up.
for (const list of [$("list"), $("replies")]) {
  const down = () => { if (list.stick !== false && at.tab !== "home") list.scrollTop = list.scrollHeight; };
  list.addEventListener("scroll", () => { list.stick = list.scrollHeight - list.scrollTop - list.clientHeight < 120; });
  for (const event of ["load", "loadedmetadata"]) list.addEventListener(event, down, true);
}
const ready = refresh();
ready.then(live);
