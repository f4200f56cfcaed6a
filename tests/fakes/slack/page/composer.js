// Where people write and drop files.
"use strict";
async function send(one, progress) {
  await ready;
  return new Promise((done, broke) => {
    const post = new XMLHttpRequest();
    post.open("POST", `/page/upload?me=${see.me}&name=${encodeURIComponent(one.name)}`);
    post.upload.onprogress = event => progress(event.loaded / event.total);
    post.onload = () => done(JSON.parse(post.responseText)); post.onerror = broke;
    post.send(one);
  });
}
class Composer {
  constructor(parent, inThread) {
    this.inThread = inThread; this.files = [];
    this.input = h("textarea", { rows: 1, "aria-label": inThread ? "Reply" : "Message", placeholder: inThread ? "Reply…" : "Message", onkeydown: e => { if (e.key === "Enter" && !e.shiftKey) { e.preventDefault(); this.go(); } }, oninput: () => this.fit() });
    this.drops = h("div", { class: "drops" });
    this.picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => { this.take(this.picker.files); this.picker.value = ""; } });
    this.also = h("input", { type: "checkbox" });
    this.button = h("button", { class: "send", onclick: () => this.go() }, "Send");
    const quick = h("button", { class: "round", title: "Shortcuts", "aria-label": "Shortcuts", onclick: () => popup(quick, this.quick()) }, "⚡");
    this.box = h("div", { class: "write" }, this.drops, this.input, h("div", { class: "row" }, h("button", { class: "round", title: "Attach files", "aria-label": "Attach files", onclick: () => this.picker.click() }, "+"), this.picker, quick,
      h("button", { class: "round", title: "Mention the bot", onclick: () => { this.input.value += "@rushes "; this.input.focus(); } }, "@"), inThread && h("label", {}, this.also, "also send to the channel"), this.button));
    parent.append(this.box);
    parent.addEventListener("dragover", e => { e.preventDefault(); this.box.classList.add("over"); });
    parent.addEventListener("dragleave", () => this.box.classList.remove("over"));
    parent.addEventListener("drop", e => { e.preventDefault(); this.box.classList.remove("over"); this.take(e.dataTransfer.files); });
  }
  quick() {
    const all = see.shortcuts.filter(s => s.type === "global").map(s => [s.name, () => act({ act: "shortcut", name: s.callback_id, channel: see.here.id })]);
    return [["Shortcuts"], ...all, ["Commands"], ...see.commands.map(c => [`${c.command} ${c.usage_hint || ""}`, () => { this.input.value = c.command + " "; this.input.focus(); }])];
  }
  fit() { this.input.style.height = "auto"; this.input.style.height = `${this.input.scrollHeight}px`; }
  async take(files) {
    await Promise.all([...files].map(async one => {
      const bar = h("i", { style: "width:0" }), chip = h("span", { class: "chip" }, one.name, h("small", {}, weigh(one.size)), h("span", { class: "bar" }, bar));
      this.drops.append(chip); const row = { id: null }; this.files.push(row); this.button.disabled = true;
      row.id = (await send(one, share => { bar.style.width = `${share * 100}%`; })).id;
      chip.lastChild.replaceWith(h("button", { "aria-label": "Take away", onclick: () => { chip.remove(); this.files = this.files.filter(r => r !== row); } }, "✕"));
    }));
    this.button.disabled = this.files.some(row => !row.id);
  }
  async go() {
    await ready;
    let text = this.input.value.trim(); const thread = this.inThread ? at.thread : "";
    if (this.button.disabled || !text && !this.files.length) return;
    const command = see.commands.find(c => text.split(" ")[0] === c.command) || (text[0] === "/" && !this.files.length);
    for (const user of Object.values(see.users)) if (!user.bot) text = text.replace(new RegExp(`@${user.handle}\\b`, "gi"), `<@${user.id}>`);
    const done = await act(command ? { act: "command", line: text, channel: see.here.id, thread } : { act: "say", channel: see.here.id, text, files: this.files.map(f => f.id), thread, broadcast: this.inThread && this.also.checked });
    if (done) { this.input.value = ""; this.files = []; this.drops.replaceChildren(); this.also.checked = false; this.fit(); }
  }
}
