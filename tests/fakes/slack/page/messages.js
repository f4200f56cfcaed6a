// Messages and their files.
"use strict";
const COLOURS = ["#4a9c8c", "#c2703d", "#5b6ab0", "#a4508b", "#7a8b3c", "#b0484f"];
function face(id) { const user = see.users[id] || { name: "?" }; const n = [...id].reduce((sum, c) => sum + c.charCodeAt(0), 0); return h("div", { class: "face", style: `background:${user.bot ? "#1f2933" : COLOURS[n % COLOURS.length]}` }, user.bot ? "🎬" : user.name[0]); }
function file(it) {
  if (it.deleted) return h("div", { class: "file card" }, it.name);
  const down = it.url && h("a", { href: it.url + "?download=1", download: it.name }, "Download");
  const top = h("div", { class: "name" }, h("span", {}, it.title), h("span", {}, weigh(it.size)), down);
  const card = () => h("div", { class: "file card" }, h("span", { class: "kind" }, (it.name.split(".").pop() || "").slice(0, 4).toUpperCase()), h("div", {}, h("b", {}, it.title), h("small", {}, it.url ? weigh(it.size) : "kept elsewhere")), down);
  if (it.url && /^video\//.test(it.mimetype)) {
    const box = h("div", { class: "file" }, top, h("video", { controls: true, preload: "metadata", src: it.url, onerror: () => box.replaceWith(card()) }));  // some films no browser plays
    return box;
  }
  if (it.url && /^audio\//.test(it.mimetype)) return h("div", { class: "file" }, top, h("audio", { controls: true, preload: "metadata", src: it.url }));
  if (it.url && /^image\//.test(it.mimetype)) return h("div", { class: "file" }, top, h("img", { class: "big", src: it.url, alt: it.title }));
  return card();
}
function message(m, inThread) {
  const place = { id: { ts: m.ts }, pictures: m.pictures }, user = see.users[m.user] || {}, mine = m.user === see.me;
  const tools = h("div", { class: "tools" },
    !m.private && !inThread && h("button", { onclick: () => enter(m.thread || m.ts) }, "Reply"),
    !m.private && see.shortcuts.filter(s => s.type === "message").map(s => h("button", { onclick: () => act({ act: "shortcut", name: s.callback_id, ts: m.ts }) }, s.name)),
    mine && h("button", { onclick: () => { const text = prompt("Change the message", m.text); if (text) act({ act: "edit", ts: m.ts, text }); } }, "Edit"),
    mine && h("button", { onclick: () => act({ act: "delete", ts: m.ts }) }, "Delete"));
  const typed = m.blocks.length && m.blocks[0].block_id === "typed";
  const said = m.blocks.length && !typed ? blocks(place, m.blocks) : m.text ? h("div", { class: "text", html: mrkdwn(m.text) }) : null;
  const drawn = { suspended: " · waiting for an answer", processing: " · working" }[m.status] || "";
  return h("div", { class: `msg ${m.private ? "private" : ""}`, "data-ts": m.ts }, face(m.user), h("div", { class: "body" },
    m.private && h("div", { class: "eye" }, "👁 Only visible to you"),
    !inThread && m.thread && h("div", { class: "eye" }, "replied to a thread"),
    h("div", {}, h("span", { class: "who" }, user.name), user.bot && h("span", { class: "app" }, "APP"), h("span", { class: "at" }, clock(m.ts)), m.edited && h("span", { class: "edited" }, " (edited)")),
    said, m.files.map(file), Object.entries(m.reactions).map(([name, users]) => h("span", { class: "react" }, `${EMOJI[name] || `:${name}:`} ${users.length}`)),
    !inThread && m.replies > 0 && h("div", {}, h("button", { class: "replies", onclick: () => enter(m.ts) }, m.repliers.map(face), `${m.replies} ${m.replies === 1 ? "reply" : "replies"}${drawn}`))), tools);
}
// Draw only what changed, so that a video goes on playing and an open menu stays open.
function keyed(list, items, make) {
  const near = list.stick !== false, old = new Map([...list.children].map(child => [child.dataset.key, child]));
  let last = null, fresh = false;
  for (const [key, sign, item] of items) {
    let node = old.get(key);
    if (!node || node.sign !== sign) { const made = make(item); made.dataset.key = key; made.sign = sign; if (node) node.replaceWith(made); else fresh = true; node = made; }
    old.delete(key);
    if (last ? last.nextSibling !== node : list.firstChild !== node) last ? last.after(node) : list.prepend(node);
    last = node;
  }
  old.forEach(node => node.remove());
  if (near || fresh) list.scrollTop = list.scrollHeight;
}
