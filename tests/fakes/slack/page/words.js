// Text as Slack shows it: its own markup, rich text, emoji, dates and sizes.
"use strict";
const EMOJI = { eyes: "👀", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", tada: "🎉", clapper: "🎬", movie_camera: "🎥", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", rocket: "🚀", wave: "👋", scissors: "✂️", film_frames: "🎞️", musical_note: "🎵", bulb: "💡", lock: "🔒", pencil2: "✏️", mag: "🔍", star: "⭐" };
const esc = text => text.replace(/&(?!(amp|lt|gt);)/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const hard = text => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const emoji = text => text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] || all);
const who = id => (see.users[id] || { name: id }).name;
const clock = ts => new Date(ts * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
const weigh = n => n < 1000 ? `${n} B` : n < 1e6 ? `${Math.round(n / 1e3)} kB` : n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(2)} GB`;

function date(stamp, form) {
  const when = new Date(stamp * 1000), day = o => when.toLocaleDateString("en-GB", o);
  return form.replace(/\{time_secs\}/g, when.toLocaleTimeString("en-GB")).replace(/\{time\}/g, clock(stamp)).replace(/\{date_num\}/g, when.toISOString().slice(0, 10))
    .replace(/\{date_long(_pretty)?\}/g, day({ weekday: "long", day: "numeric", month: "long", year: "numeric" })).replace(/\{date_short(_pretty)?\}/g, day({ day: "numeric", month: "short", year: "numeric" }))
    .replace(/\{date(_pretty)?\}/g, day({ day: "numeric", month: "long", year: "numeric" })).replace(/\{ago\}/g, "a moment ago");
}
function token(inner) {
  const [name, label] = inner.split(/\|(.*)/s);
  if (name[0] === "@") return `<span class="mention${name.slice(1) === see.me ? " me" : ""}">@${hard(who(name.slice(1)))}</span>`;
  if (name[0] === "#") return `<span class="mention">#${hard(see.names[name.slice(1)] || label || name.slice(1))}</span>`;
  if (name.startsWith("!date^")) { const [, stamp, form, link] = name.split("^"); const said = hard(date(+stamp, form)); return link ? `<a href="${hard(link)}" target="_blank">${said}</a>` : said; }
  if (name[0] === "!") return `<span class="mention me">@${hard(label || name.slice(1).split("^")[0])}</span>`;
  return /^(https?|mailto|slack):/.test(name) ? `<a href="${name.replace(/"/g, "%22")}" target="_blank" rel="noreferrer">${label ? esc(label) : esc(name)}</a>` : esc(`<${inner}>`);
}
function mrkdwn(text) {
  const kept = [], keep = html => `\u0001${kept.push(html) - 1}\u0002`;
  let s = text.replace(/```\n?([\s\S]+?)\n?```/g, (_, code) => keep(`<pre>${esc(code)}</pre>`)).replace(/`([^`\n]+)`/g, (_, code) => keep(`<code>${esc(code)}</code>`));
  s = esc(s.replace(/<([^<>\n]+)>/g, (_, inner) => keep(token(inner))));
  const edge = "(^|[\\s(\\[\"'>—–-]|\\u0002)", far = "(?=$|[\\s.,:;!?)\\]\"'<—–-]|\\u0001)";
  for (const [mark, tag] of [["\\*", "b"], ["_", "i"], ["~", "s"]]) s = s.replace(new RegExp(`${edge}${mark}([^\\s${mark}](?:[^${mark}\\n]*[^\\s${mark}])?)${mark}${far}`, "gm"), `$1<${tag}>$2</${tag}>`);
  s = s.replace(/(^|\n)((?:&gt; ?[^\n]*(?:\n|$))+)/g, (_, before, lines) => `${before}<blockquote>${lines.replace(/\n$/, "").replace(/^&gt; ?/gm, "")}</blockquote>`);
  s = emoji(s);
  for (let round = 0; round < 3; round++) s = s.replace(/\u0001(\d+)\u0002/g, (_, n) => kept[n]);
  return s;
}
const words = object => !object ? "" : typeof object === "string" ? emoji(hard(object)) : object.type === "mrkdwn" ? mrkdwn(object.text) : emoji(hard(object.text));
const plain = object => !object ? "" : emoji(typeof object === "string" ? object : object.text);

function richBit(bit) {
  let html = "";
  if (bit.type === "text") html = hard(bit.text); else if (bit.type === "user") html = token("@" + bit.user_id);
  else if (bit.type === "channel") html = token("#" + bit.channel_id); else if (bit.type === "link") html = `<a href="${hard(bit.url)}" target="_blank">${hard(bit.text || bit.url)}</a>`;
  else if (bit.type === "emoji") html = EMOJI[bit.name] || `:${hard(bit.name)}:`; else if (bit.type === "broadcast") html = token("!" + bit.range); else if (bit.type === "date") html = hard(date(bit.timestamp, bit.format));
  const style = bit.style || {};
  if (style.code) html = `<code>${html}</code>`; if (style.bold) html = `<b>${html}</b>`; if (style.italic) html = `<i>${html}</i>`; if (style.strike) html = `<s>${html}</s>`;
  return html;
}
function rich(block) {
  return h("div", { class: "text" }, (block.elements || []).map(part => {
    if (part.type === "rich_text_list") return h(part.style === "ordered" ? "ol" : "ul", { class: "rich" }, part.elements.map(line => h("li", { html: line.elements.map(richBit).join("") })));
    const tag = { rich_text_quote: "blockquote", rich_text_preformatted: "pre" }[part.type] || "div";
    return h(tag, { html: (part.elements || []).map(richBit).join("") });
  }));
}
