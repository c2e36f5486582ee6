// Prints when the timed events of an iCalendar file begin, as another reader sees them.
//
//   node expand.js ical.js|node-ical FILE     -> JSON list of UTC instants, in order
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const FAR = 5000; // more occurrences than any plan has: an unbounded series shows as a wrong count

function byIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const found = [];
  for (const vevent of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(vevent);
    if (event.startDate.isDate) continue;
    const occurrences = event.iterator();
    for (let n = 0; n < FAR; n++) {
      const next = occurrences.next();
      if (!next) break;
      found.push(next.toJSDate());
    }
  }
  return found;
}

function byNodeIcal(text) {
  const range = { from: new Date("2020-01-01"), to: new Date("2040-01-01") };
  return Object.values(nodeIcal.sync.parseICS(text))
    .filter((part) => part.type === "VEVENT" && part.datetype === "date-time")
    .flatMap((event) => nodeIcal.expandRecurringEvent(event, range))
    .map((instance) => instance.start);
}

const readers = { "ical.js": byIcalJs, "node-ical": byNodeIcal };
const [reader, file] = process.argv.slice(2);
const instants = readers[reader](readFileSync(file, "utf8"));
console.log(JSON.stringify(instants.map((moment) => moment.toISOString()).sort()));
