// Reads a calendar with ical.js (https://github.com/kewisch/ical.js), the parser of Thunderbird and Nextcloud.
// node icaljs.mjs PACKAGE_FOLDER FILE: one JSON list on stdout, described in readers/__init__.py.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const ICAL = (await import(pathToFileURL(`${folder}/node_modules/ical.js/dist/ical.js`))).default;
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
}
const instant = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString().replace(/\.\d+Z$/, "+00:00"));
const found = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    title: event.summary,
    start: instant(event.startDate),
    end: instant(event.endDate),
    location: event.location ?? "",
    sequence: event.sequence,
    cancelled: component.getFirstPropertyValue("status") === "CANCELLED",
    alarms: component
      .getAllSubcomponents("valarm")
      .map((alarm) => alarm.getFirstPropertyValue("trigger").toSeconds() / 60),
  };
});
process.stdout.write(JSON.stringify(found));
