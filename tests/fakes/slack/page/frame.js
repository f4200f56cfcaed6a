// The frame around it all: rooms, tabs, App Home, the thread beside.
"use strict";
function rooms() {
  const room = place => { const fresh = place.last > (at.read[place.id] || place.last); if (place.id === see.here.id) at.read[place.id] = place.last; else at.read[place.id] ??= place.last;
    return h("button", { class: `room ${place.id === see.here.id ? "on" : fresh ? "new" : ""}`, "data-room": place.name, onclick: () => go(place.id) }, { im: "🎬 ", mpim: "👥 ", group: "🔒 " }[place.kind] || "# ", place.name); };
  $("rooms").replaceChildren(h("h2", {}, "Channels"), ...see.places.filter(p => !/im$/.test(p.kind)).map(room), h("h2", {}, "Direct messages"), ...see.places.filter(p => /im$/.test(p.kind)).map(room));
  $("team").textContent = see.team;
  const me = $("me"), ids = peopleOf();
  if (me.options.length !== ids.length) me.replaceChildren(...ids.map(user => h("option", { value: user.value }, user.text)));
  me.value = see.me;
  $("lamp").replaceChildren(h("span", { class: `lamp ${see.sockets ? "on" : ""}` }), see.sockets ? "the bot is listening" : "no bot is listening");
}
function tabs() {
  const im = see.here.kind === "im";
  $("tabs").hidden = !im; $("sub").textContent = im ? "" : "";
  if (!im) at.tab = "messages";
  const tab = (name, label) => h("button", { class: at.tab === name ? "on" : "", onclick: () => { at.tab = name; act({ act: "home", tab: name }); redraw(); } }, label);
  $("tabs").replaceChildren(tab("home", "Home"), tab("messages", "Messages"));
}
function home() {
  const sign = JSON.stringify(see.home);
  if ($("list").homeSign === sign && $("list").classList.contains("home")) return;
  $("list").homeSign = sign; $("list").className = "list home";
  $("list").replaceChildren(...(see.home ? inView(see.home)[1].filter(Boolean) : [h("div", { class: "empty" }, "The app has not shown anything here yet.")]));
}
function redraw() {
  if (!see) return;
  rooms(); tabs();
  $("name").textContent = `${/im$/.test(see.here.kind) ? "" : "# "}${see.here.name}`;
  $("alarm").replaceChildren(...see.problems.map(problem => h("div", {}, `A real Slack would complain: ${problem}`)));
  if (at.tab === "home") home();
  else {
    const list = $("list");
    if (list.classList.contains("home")) { list.className = "list"; list.replaceChildren(); }
    keyed(list, see.here.messages.length ? see.here.messages.map(m => [see.here.id + m.ts, JSON.stringify(m), m]) : [["none", "none", null]], m => m ? message(m, false) : h("div", { class: "empty" }, "Nothing was said here yet. Mention @rushes, or drop footage."));
  }
  compose.main.box.hidden = at.tab === "home";
  const t = see.thread; $("aside").hidden = !t;
  if (t) thread(t);
  modal();
}
function thread(t) {
  $("title").textContent = t.title || "# " + see.here.name;
  const lines = t.messages.map(m => [m.ts, JSON.stringify(m), m]), count = t.messages.filter(m => !m.private).length - 1;
  if (count > 0) lines.splice(1, 0, ["count", String(count), { count }]);
  keyed($("replies"), lines, m => m.count ? h("div", { class: "count" }, m.count === 1 ? "1 reply" : `${m.count} replies`) : message(m, true));
  const doing = $("doing"), said = { processing: "Rushes is working…", suspended: "Rushes waits for an answer", closed: "This session is closed" }[t.status];
  doing.hidden = !said;
  if (doing.sign !== t.status) { doing.sign = t.status; doing.replaceChildren(t.status === "processing" ? h("span", { class: "spin" }) : "", h("span", {}, said || ""), t.status === "processing" ? h("button", { class: "btn", id: "stop", onclick: () => act({ act: "stop", ts: t.root }) }, "■ Stop") : ""); }
}
function go(channel) { at.channel = channel; $("list").stick = true; at.thread = ""; at.tab = "messages"; refresh(); }
function enter(root) { at.thread = root; $("replies").stick = true; refresh().then(() => compose.side.input.focus()); }
// A link to a message leads there on this page; says whether it was one.
function follow(url) {
  const found = url.match(/(?:archives\/|channel=)([CDG][A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?/);
  if (!found || !see.places.some(place => place.id === found[1])) return false;
  const root = (url.match(/thread_ts=(\d+\.\d+)/) || url.match(/message_ts=(\d+\.\d+)/) || [])[1] || (found[2] ? `${found[2]}.${found[3]}` : "");
  at.channel = found[1]; at.thread = root; at.tab = "messages"; refresh();
  return true;
}
document.addEventListener("click", event => { const link = event.target.closest && event.target.closest("a[href]"); if (link && see && follow(link.href)) event.preventDefault(); });
function toast(text) { const box = $("toast"); box.textContent = text; box.hidden = false; clearTimeout(box.timer); box.timer = setTimeout(() => { box.hidden = true; }, 5000); }
