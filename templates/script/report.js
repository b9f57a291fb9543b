(() => {
  "use strict";
  const live = JSON.parse(document.getElementById("live").textContent), words = live.words;
  const lang = document.documentElement.lang, blank = /^zh/.test(lang) ? "" : " ", z = 1.959963984540054;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => name in facts ? facts[name] : whole);
  const written = (value, options) => new Intl.NumberFormat(lang, options).format(value).replace("-", "\u2212");
  const count = (value) => written(value, { useGrouping: value > 9999 });
  const share = (value) => written(value, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const fixed = (value) => written(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const digits = (value, most = 4) => written(value, { maximumSignificantDigits: most });
  const make = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (name.startsWith("on")) { made.addEventListener(name.slice(2), value); }
      else if (value !== false && value !== null && value !== undefined) { made.setAttribute(name, value === true ? "" : value); }
    });
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };
  const titled = (text) => make("p", { class: "title" }, text);
  const button = (text, act, more) => make("button", Object.assign({ type: "button", onclick: act }, more), text);
  const labelled = (text, field) => make("label", null, make("span", null, text), field);
  const choice = (names, act) => {
    const made = make("select", { onchange: act });
    names.forEach(([value, text]) => made.append(make("option", { value: value }, text)));
    return made;
  };
  const grid = (caption, head, rows, numeric) => {
    const cell = (tag, text, at) => make(tag, { class: numeric.includes(at) ? "n" : null, scope: tag === "th" ? "row" : null }, text);
    return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      make("table", null, make("caption", null, caption),
        make("thead", null, make("tr", null, ...head.map((word, at) => make("th", { scope: "col", class: numeric.includes(at) ? "n" : null }, word)))),
        make("tbody", null, ...rows.map((row) => make("tr", null, ...row.map((text, at) => cell(at ? "td" : "th", text, at)))))));
  };
  const panel = (title, id) => make("div", { class: "live panel", id: id, role: "group", "aria-labelledby": id + "-title" },
    make("p", { class: "title", id: id + "-title" }, title));
  const after = (place, made) => {
    const anchor = document.getElementById(place);
    let next = anchor && anchor.nextElementSibling;
    while (next && !next.matches(".table, h2, h3, h4")) { next = next.nextElementSibling; }
    if (anchor) { (next && next.matches(".table") ? next : anchor).after(made); }
    return anchor;
  };

  // A cell's number: the exact one, else the one its text begins with.
  const parts = new Intl.NumberFormat(lang).formatToParts(12345.6);
  const sign = (type) => (parts.find((part) => part.type === type) || { value: "" }).value;
  const grouping = sign("group"), point = sign("decimal");
  const parsed = (text) => {
    const plain = text.replace(/[\u2212\u2013]/g, "-").split(grouping).join("").replace(point, ".");
    const found = /^[<>\u2265\u2264]?\s*([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%?)(?![\w.-]*\d)/i.exec(plain);
    return found ? Number(found[1]) / (found[2] ? 100 : 1) : null;
  };
  const carrier = (cell) => cell.hasAttribute("data-value") ? cell : cell.querySelector("[data-value]");
  const spoken = (cell) => {
    const copy = cell.cloneNode(true);
    all(".live", copy).forEach((one) => one.remove());
    all("br", copy).forEach((one) => one.replaceWith(" "));
    return copy.textContent.trim().replace(/\s+/g, " ");
  };
  const number = (cell) => {
    const held = cell.getAttribute("data-sort") || (carrier(cell) && carrier(cell).getAttribute("data-value"));
    return held ? Number(held) : parsed(spoken(cell));
  };

  // Tables: sorted, filtered where they are long, copied.
  const collator = new Intl.Collator(lang, { numeric: true });
  const empty = (cell) => ["", words.none].includes(spoken(cell));
  const sortable = (table, body, heads, rows) => {
    const sort = (column) => {
      const head = heads[column], before = head.getAttribute("aria-sort");
      const next = { ascending: "descending", descending: null }[before];
      const order = next === undefined ? "ascending" : next;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      let sorted = rows;
      if (order) {
        head.setAttribute("aria-sort", order);
        const keyed = rows.map((row) => ({ row: row, empty: empty(row.cells[column]), size: number(row.cells[column]), text: spoken(row.cells[column]) }));
        const numeric = keyed.every((one) => one.empty || one.size !== null), way = order === "ascending" ? 1 : -1;
        const compare = (a, b) => a.empty || b.empty ? a.empty - b.empty : way * (numeric ? a.size - b.size : collator.compare(a.text, b.text));
        sorted = keyed.sort(compare).map((one) => one.row);
      }
      body.append(...sorted);
    };
    heads.forEach((head, column) => {
      const made = button("", () => sort(column), { class: "sort" });
      made.append(...head.childNodes);
      head.append(made);
    });
  };
  const filterable = (block, rows) => {
    const texts = rows.map((row) => spoken(row).toLowerCase());
    const shown = make("output", { role: "status" });
    const field = make("input", { type: "search", autocomplete: "off", oninput: () => apply() });
    const apply = () => {
      const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let fits = 0;
      rows.forEach((row, at) => {
        const fit = wanted.every((word) => texts[at].includes(word));
        row.classList.toggle("out", !fit);
        fits += fit;
      });
      shown.textContent = fill(words.shown, { shown: count(fits), all: count(rows.length) });
    };
    block.before(make("div", { class: "live tools" }, labelled(words.filter, field), shown));
    apply();
  };
  const quoted = (text) => {
    const safe = /^[=+@\t\r-]/.test(text) && parsed(text) === null ? "'" + text : text;
    return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  };
  const csv = (heads, rows) => {
    const ends = heads.map((_, column) => ["low", "high"].filter((end) => rows.some((row) => (carrier(row.cells[column]) || row).hasAttribute("data-" + end))));
    const titles = heads.flatMap((head, column) => [spoken(head), ...ends[column].map((end) => fill(words[end], { name: spoken(head) }))]);
    const lines = rows.map((row) => Array.from(row.cells).flatMap((cell, column) => {
      const held = carrier(cell);
      return [held ? held.getAttribute("data-value") : spoken(cell), ...ends[column].map((end) => held && held.getAttribute("data-" + end) || "")];
    }));
    return [titles, ...lines].map((line) => line.map(quoted).join(",") + "\r\n").join("");
  };
  const copyable = (block, table, heads, body) => {
    const said = make("output", { role: "status" }), tools = make("div", { class: "live tools copy" });
    const copy = () => {
      const rows = Array.from(body.rows).filter((row) => !row.classList.contains("out")), text = csv(heads, rows);
      const done = () => { said.textContent = fill(words.copied, { count: count(rows.length) }); };
      const byHand = () => {
        all("textarea", tools).forEach((one) => one.remove());
        const field = make("textarea", { rows: 5, readonly: true, "aria-label": words.copy });
        field.value = text;
        said.textContent = words.by_hand;
        tools.append(field);
        field.select();
      };
      const board = navigator.clipboard;
      if (board && board.writeText) { board.writeText(text).then(done, byHand); } else { byHand(); }
    };
    tools.append(said, button(words.copy, copy, { "aria-label": words.copy + (table.caption ? ": " + spoken(table.caption) : "") }));
    block.after(tools);
  };
  const tables = () => all("main table:not(.signoff)").forEach((table) => {
    const body = table.tBodies[0];
    if (!table.tHead || table.tHead.rows.length !== 1 || !body || !body.rows.length) { return; }
    const heads = Array.from(table.tHead.rows[0].cells), rows = Array.from(body.rows);
    if (rows.some((row) => row.cells.length !== heads.length)) { return; }
    const block = table.closest(".scroll") || table;
    if (rows.length > 12) { filterable(block, rows); }
    if (rows.length > 2) { sortable(table, body, heads, rows); }
    copyable(block, table, heads, body);
  });

  const links = () => all("main :is(h2, h3, h4)[id], main .finding[id], main li[id^=finding-]").forEach((place) => {
    const host = place.matches(".finding") ? place.querySelector(".title") : place;
    const title = spoken(host).slice(0, 120);
    host.append(" ", make("a", { class: "live link", href: "#" + place.id, "aria-label": fill(words.link, { title: title }) }, "#"));
  });

  // Another line between two answers, its intervals as in the table.
  const wilson = (hits, n) => {
    const rate = hits / n, spread = z * z / n, middle = (rate + spread / 2) / (1 + spread);
    const half = Math.sqrt(spread * (rate * (1 - rate) + spread / 4)) / (1 + spread);
    return [Math.min(Math.max(middle - half, 0), rate), Math.max(Math.min(middle + half, 1), rate)];
  };
  const mover = (alarms, misses, n, effect, costs) => {
    const shares = [alarms / n, misses / n], value = shares[0] * costs[0] + shares[1] * costs[1];
    const rest = Math.max(...shares) < 1 ? Math.sqrt(shares[0] * shares[1] / ((1 - shares[0]) * (1 - shares[1]))) : 0;
    const limits = [alarms, misses].map((mistakes) => wilson(mistakes / effect, n / effect));
    const reach = [0, 1].map((end) => {
      const away = [0, 1].map((kind) => Math.abs(limits[kind][end] - shares[kind]) * costs[kind]);
      return Math.sqrt(Math.max(away[0] ** 2 + away[1] ** 2 - 2 * rest * away[0] * away[1], 0));
    });
    return { value: value, low: Math.max(value - reach[0], 0), high: Math.min(value + reach[1], Math.max(...costs)), n: n };
  };
  const line = (facts) => {
    const sum = (list) => list.reduce((total, one) => total + one, 0);
    const last = facts.cuts.length, positives = sum(facts.positives), negatives = facts.n - positives;
    const hits = new Array(last + 1).fill(0), alarms = new Array(last + 1).fill(0);
    for (let at = last - 1; at >= 0; at -= 1) {
      hits[at] = hits[at + 1] + facts.positives[at];
      alarms[at] = alarms[at + 1] + facts.negatives[at];
    }
    const own = facts.own === null ? facts.cuts.indexOf(0.5) : facts.cuts.indexOf(facts.own);
    const named = (at) => at === last ? words.line_nobody : digits(facts.cuts[at]);
    const rates = (at, costs) => {
      const right = hits[at] + negatives - alarms[at], flagged = hits[at] + alarms[at], misses = positives - hits[at];
      const rate = (name, some, n) => {
        const effect = facts.effects[name] || 1;
        if (!n) { return { value: null, n: 0 }; }
        const [low, high] = wilson(some / effect, n / effect);
        return { value: some / n, low: low, high: high, n: n };
      };
      const f1 = rate("f1", hits[at], flagged + misses), bent = (one) => 2 * one / (1 + one);
      if (f1.value !== null) { ["value", "low", "high"].forEach((name) => { f1[name] = bent(f1[name]); }); }
      return {
        precision: rate("precision", hits[at], flagged), recall: rate("recall", hits[at], positives),
        specificity: rate("specificity", negatives - alarms[at], negatives), f1: f1,
        accuracy: rate("accuracy", right, facts.n), flagged: rate("flagged", flagged, facts.n),
        cost: costs ? mover(alarms[at], misses, facts.n, facts.effects.cost || 1, costs) : { value: null, n: facts.n },
      };
    };
    const box = panel(words.line, "try-line");
    const about = fill(facts.exact ? words.line_exact : words.line_steps, { n: count(facts.n), steps: count(last) });
    const slider = make("input", { type: "range", min: 0, max: last, step: 1, value: own, oninput: () => show(Number(slider.value)) });
    const typed = make("input", { type: "number", min: 0, max: 1, step: "any", onchange: () => go(typed.value) });
    const now = make("output", { class: "now" });
    const cost = (at) => make("input", { type: "number", min: 0, step: "any", value: facts.costs ? facts.costs[at] : 1, oninput: () => show(Number(slider.value)) });
    const alarm = cost(0), miss = cost(1), result = make("div", { class: "result" }), cheapest = make("p", { role: "status" });
    const go = (text) => {
      const wanted = text === "" ? NaN : Number(text);
      if (Number.isNaN(wanted)) { return; }
      const at = facts.cuts.findIndex((one) => one >= wanted);
      show(at < 0 ? last : at);
    };
    const costs = () => {
      const found = [alarm, miss].map((field) => field.value === "" ? NaN : Number(field.value));
      return found.every((one) => one >= 0 && Number.isFinite(one)) ? found : null;
    };
    const best = (paid) => {
      let found = own;
      const loss = (at) => paid[0] * alarms[at] + paid[1] * (positives - hits[at]), nearest = (at) => Math.abs((at === last ? 1 : facts.cuts[at]) - facts.cuts[own]);
      for (let at = 0; at <= last; at += 1) {
        const gain = loss(found) - loss(at), tie = 1e-12 * Math.max(loss(found), 1);
        if (gain > tie || (gain >= -tie && nearest(at) < nearest(found))) { found = at; }
      }
      return { at: found, loss: loss(found) / facts.n };
    };
    const show = (at) => {
      const paid = costs(), found = rates(at, paid), answered = (label) => fill(words.line_answered, { label: label });
      slider.value = at;
      now.textContent = named(at);
      typed.value = at === last ? "" : Number(facts.cuts[at].toPrecision(6));
      slider.setAttribute("aria-valuetext", named(at));
      const matrix = grid(words.line_matrix, [words.line_actual, answered(facts.positive), answered(facts.negative), words.line_sum], [
        [facts.positive, count(hits[at]), count(positives - hits[at]), count(positives)],
        [facts.negative, count(alarms[at]), count(negatives - alarms[at]), count(negatives)],
      ], [1, 2, 3]);
      const rows = words.line_measures.map(([name, title]) => {
        const one = found[name], write = name === "f1" ? fixed : name === "cost" ? digits : share;
        const range = one.value === null ? words.none : fill(words.range, { low: write(one.low), high: write(one.high) });
        return [title, one.value === null ? words.none : write(one.value), range, count(one.n)];
      });
      const measures = grid(words.line_rates, [words.line_measure, words.line_value, words.line_interval, "n"], rows, [1, 2, 3]);
      result.replaceChildren(matrix, measures);
      cheapest.replaceChildren();
      if (!paid) { cheapest.append(words.line_costs); return; }
      const least = best(paid);
      cheapest.append(fill(words.line_cheapest, { line: named(least.at), cost: digits(least.loss) }), " ",
        button(words.line_go, () => show(least.at)), " ", words.line_warning);
    };
    box.append(make("p", { class: "small" }, about),
      make("div", { class: "tools" }, labelled(fill(words.line_from, { positive: facts.positive }), slider), now, labelled(words.line_type, typed), button(words.line_own, () => show(own))),
      result, make("div", { class: "tools" }, labelled(words.line_alarm, alarm), labelled(words.line_miss, miss)), cheapest,
      make("p", { class: "small" }, words.line_method + (Object.keys(facts.effects).length ? blank + words.line_groups : "")));
    if (after("thresholds", box)) { show(own); }
  };

  // One class: its row and column; the rest dimmed.
  const classes = (facts) => {
    const box = panel(words.class, "one-class"), result = make("div", { class: "result" });
    const body = (place) => Array.from((document.querySelector("#" + place + " tbody") || { rows: [] }).rows);
    const rows = { mixups: body("mixups"), matrix: body("matrix"), mistakes: body("mistakes-table") };
    const near = [
      ...rows.mixups.map((row, at) => [row, facts.mixups[at]]),
      ...rows.mistakes.map((row, at) => [row, ["actual", "predicted"].map((key) => facts.labels.indexOf(live.errors.rows[at][key]))]),
    ];
    const show = () => {
      const chosen = select.value === "" ? null : Number(select.value);
      near.forEach(([row, pair]) => row.classList.toggle("dim", chosen !== null && !(pair || []).includes(chosen)));
      rows.matrix.forEach((row, i) => Array.from(row.cells).forEach((cell, j) => cell.classList.toggle("dim", chosen !== null && i !== chosen && j - 1 !== chosen)));
      result.replaceChildren();
      if (chosen === null) { return; }
      const list = (mine, other) => {
        const found = facts.cells.filter((cell) => cell[mine] === chosen).sort((a, b) => b[2] - a[2]);
        const total = found.reduce((sum, cell) => sum + cell[2], 0);
        const text = found.map((cell) => facts.labels[cell[other]] + (cell[other] === chosen ? " (" + words.class_right + ")" : "") + ": " + count(cell[2]));
        return [fill(mine ? words.class_taken : words.class_actual, { label: facts.labels[chosen], n: count(total) }), text.length ? text : [words.class_none]];
      };
      [list(0, 1), list(1, 0)].forEach(([title, texts]) => result.append(make("p", null, title), make("ul", null, ...texts.map((text) => make("li", null, text)))));
      const measured = facts.metrics.filter((one) => one[0] === chosen);
      if (measured.length) {
        const write = (name) => (value) => value === null ? words.none : (name === "f1" ? fixed : share)(value);
        result.append(grid(words.class_rates, [words.class_measure, words.class_value, words.class_interval, "n"], measured.map(([, name, value, low, high, n]) =>
          [words.class_measures[name], write(name)(value), low === null ? words.none : fill(words.range, { low: write(name)(low), high: write(name)(high) }), count(n)]), [1, 2, 3]));
      }
      result.append(make("p", { class: "small" }, words.class_dimmed));
    };
    const select = choice([["", words.class_all], ...facts.labels.map((label, at) => [String(at), label])], show);
    box.append(make("div", { class: "tools" }, labelled(words.class, select)), result);
    const place = document.getElementById("matrix") || document.getElementById("mixups");
    if (place) { place.before(box); }
  };

  // The mistakes one by one.
  const errors = (facts) => {
    const box = panel(words.error, "one-error"), card = make("div", { class: "result" }), place = make("output", { role: "status" });
    const names = (key) => Array.from(new Set(facts.rows.map((one) => one[key]))).sort(collator.compare);
    const pick = (key) => choice([["", words.error_all], ...names(key).map((name) => ["=" + name, name])], () => apply());
    const actual = facts.classes ? pick("actual") : null, predicted = facts.classes ? pick("predicted") : null;
    const least = make("input", { type: "number", min: 0, step: "any", oninput: () => apply() });
    const size = (one) => facts.classes ? share(one.size) : digits(one.size);
    let fitting = facts.rows, at = 0;
    const apply = () => {
      const floor = Number(least.value || 0) / (facts.classes ? 100 : 1), fits = (field, value) => !field || !field.value || field.value === "=" + value;
      fitting = facts.rows.filter((one) => fits(actual, one.actual) && fits(predicted, one.predicted) && Math.abs(one.size) >= floor);
      at = 0;
      show();
    };
    const move = (step) => { at = Math.min(Math.max(at + step, 0), Math.max(fitting.length - 1, 0)); show(); };
    const back = button(words.error_previous, () => move(-1)), on = button(words.error_next, () => move(1));
    const pair = (name, value) => [make("dt", null, name), make("dd", null, value === "" ? words.error_missing : value)];
    const show = () => {
      place.textContent = fitting.length ? fill(words.error_count, { place: count(at + 1), count: count(fitting.length) }) : words.error_empty;
      back.setAttribute("aria-disabled", at === 0);
      on.setAttribute("aria-disabled", at >= fitting.length - 1);
      card.replaceChildren();
      const one = fitting[at];
      if (!one) { return; }
      card.append(titled(fill(words.error_row, { row: count(one.row) })),
        make("dl", null, ...pair(words.error_actual, one.actual), ...pair(words.error_predicted, one.predicted), ...pair(words.error_size, size(one))));
      if (one.suspect !== null) { card.append(make("p", null, fill(words.error_suspect, { share: share(one.suspect) }))); }
      card.append(titled(words.error_values), make("dl", null, ...one.values.flatMap(([name, value]) => pair(name, value))));
      if (one.parts.length) {
        const top = Math.max(...one.parts.map((part) => Math.abs(part[2]))) || 1;
        const bar = (value) => {
          const made = make("span", { class: "bar" + (value < 0 ? " less" : ""), "aria-hidden": "true" }, make("i"));
          made.firstChild.style.width = 50 * Math.abs(value) / top + "%";
          return made;
        };
        card.append(titled(words.error_parts), make("dl", { class: "parts" }, ...one.parts.flatMap(([name, value, part]) =>
          [make("dt", null, name ? name + " = " + (value || words.error_missing) : words.error_rest), make("dd", null, bar(part), (part > 0 ? "+" : "") + digits(part, 3))])),
          make("p", { class: "small" }, words.error_parts_note));
      }
      if (one.apart) { card.append(make("p", null, make("a", { href: "#row-" + one.row }, words.error_apart))); }
      if (one.near.length) { card.append(titled(words.error_near), make("ul", null, ...one.near.map(([label, row, far]) => make("li", null, label + " (" + count(row) + "; " + digits(far, 3) + ")")))); }
    };
    box.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { return; }
      event.preventDefault();
      move(step);
    });
    const whole = facts.all === facts.rows.length;
    box.append(make("p", { class: "small" }, fill(whole ? words.error_whole : words.error_kept, { kept: count(facts.rows.length), all: count(facts.all || facts.rows.length) }) + blank + words.error_keys),
      make("div", { class: "tools" }, actual && labelled(words.error_actual, actual), predicted && labelled(words.error_predicted, predicted), labelled(words.error_least, least)),
      make("div", { class: "tools" }, back, on, place), card);
    if (after("mistakes", box)) { show(); }
  };

  // Charts: the number below the pointer, or the next one by arrow key. Without a script a browser shows the titles itself.
  const spots = () => all("svg > .spots").forEach((group) => {
    const image = group.parentNode, places = [...group.children], words = places.map((place) => place.textContent), ring = make("i", { class: "live ring", hidden: true });
    const said = make("output", { class: "live said", role: "status" });
    let at = -1;
    const show = (next) => {
      if (next === at || !places[next]) { return; }
      const [across, down] = places[at = next].getAttribute("data-at").split(" "), whole = image.viewBox.baseVal;
      said.textContent = words[next];
      ring.hidden = false;
      const box = image.getBoundingClientRect(), card = image.parentNode.getBoundingClientRect();
      ring.style.left = box.left - card.left + across * box.width / whole.width + "px";
      ring.style.top = box.top - card.top + down * box.height / whole.height + "px";
    };
    const hide = () => { at = -1; said.textContent = ""; ring.hidden = true; };
    places.forEach((place) => place.replaceChildren());
    group.addEventListener("pointerover", (event) => show(places.indexOf(event.target)));
    image.addEventListener("pointerleave", hide);
    image.addEventListener("blur", hide);
    image.addEventListener("focus", () => show(0));
    image.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (step) { event.preventDefault(); show(at + step); }
    });
    image.tabIndex = 0;
    image.parentNode.append(ring, said);
  });

  links();
  tables();
  spots();
  if (live.line) { line(live.line); }
  if (live.classes) { classes(live.classes); }
  if (live.errors) { errors(live.errors); }
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) { target.scrollIntoView(); }
})();
