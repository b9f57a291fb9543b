(function () {
  "use strict";
  var table = document.getElementById("datasets"), body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
  var search = document.getElementById("search"), standing = document.getElementById("standing"), shown = document.getElementById("shown");
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  var words = rows.map(function (row) { return row.textContent.toLowerCase(); });
  function value(row, column) {
    var text = row.cells[column].getAttribute("data-v");
    if (text === null) { return row.cells[column].textContent.trim().toLowerCase(); }
    return text === "" ? null : Number(text);
  }
  function filter() {
    var wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean), level = standing.value, count = 0;
    rows.forEach(function (row, number) {
      var fits = (!level || row.className.split(" ").indexOf("is-" + level) >= 0) && wanted.every(function (word) { return words[number].indexOf(word) >= 0; });
      row.hidden = !fits;
      if (fits) { count += 1; }
    });
    shown.textContent = count + " / " + rows.length;
  }
  function sort(column) {
    var head = heads[column], down = head.getAttribute("aria-sort") === "ascending", sign = down ? -1 : 1;
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    var keyed = Array.prototype.slice.call(body.rows).map(function (row, number) { return [value(row, column), number, row]; });
    keyed.sort(function (a, b) {
      if (a[0] === b[0]) { return a[1] - b[1]; }
      if (a[0] === null) { return 1; }
      if (b[0] === null) { return -1; }
      return (typeof a[0] === "string" ? a[0].localeCompare(b[0]) : a[0] - b[0]) * sign;
    });
    var sorted = document.createDocumentFragment();
    keyed.forEach(function (one) { sorted.appendChild(one[2]); });
    body.appendChild(sorted);
  }
  heads.forEach(function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    while (head.firstChild) { button.appendChild(head.firstChild); }
    head.appendChild(button);
    button.addEventListener("click", function () { sort(column); });
  });
  search.addEventListener("input", filter);
  standing.addEventListener("change", filter);
  document.getElementById("tools").hidden = false;
  filter();
})();
