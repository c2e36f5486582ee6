// Prints when the events of an iCalendar file begin, as another reader sees them.
//
//   node expand.js ical.js|node-ical FILE
//     -> JSON: timed events as UTC instants, whole days as dates, in order
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const FAR = 5000; // more occurrences than any plan has: an unbounded series shows as a wrong count

function byIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const found = { instants: [], days: [] };
  for (const vevent of calendar.getAllSubcomponents("vevent")) {
    const occurrences = new ICAL.Event(vevent).iterator();
    for (let n = 0; n < FAR; n++) {
      const next = occurrences.next();
      if (!next) break;
      if (next.isDate) found.days.push(next.toString());
      else found.instants.push(next.toJSDate().toISOString());
    }
  }
  return found;
}

function byNodeIcal(text) {
  const range = { from: new Date("2020-01-01"), to: new Date("2040-01-01") };
  const found = { instants: [], days: [] };
  for (const event of Object.values(nodeIcal.sync.parseICS(text))) {
    if (event.type !== "VEVENT") continue;
    for (const { start } of nodeIcal.expandRecurringEvent(event, range)) {
      if (event.datetype === "date") found.days.push(localDay(start));
      else found.instants.push(start.toISOString());
    }
  }
  return found;
}

function localDay(moment) {
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

const readers = { "ical.js": byIcalJs, "node-ical": byNodeIcal };
const [reader, file] = process.argv.slice(2);
const found = readers[reader](readFileSync(file, "utf8"));
console.log(JSON.stringify({ instants: found.instants.sort(), days: found.days.sort() }));
