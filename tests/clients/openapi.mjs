// node openapi.mjs SPEC EXCHANGES.json: holds requests and answers to GitHub's own description of its API (trackers.md T5).
// SPEC is a name in tests/data/github-openapi ("api.github.com", "ghes-3.19"); each exchange has method, path, query, request,
// status and answer. Prints what does not fit, one line each; exit code 1 if anything does not.
import { readFileSync } from "node:fs";
import Ajv from "ajv";

const [name, file] = process.argv.slice(2);
const place = new URL(`../data/github-openapi/${name}.json`, import.meta.url);
// OpenAPI 3.0 says "nullable" where JSON Schema has a type of its own.
const with_null = (key, value) => {
  if (value?.nullable !== true) return value;
  const { nullable, ...rest } = value;
  if (typeof rest.type !== "string") return { anyOf: [rest, { type: "null" }] };
  return { ...rest, type: [rest.type, "null"], ...(rest.enum && { enum: [...rest.enum, null] }) };
};
const spec = JSON.parse(readFileSync(place, "utf8"), with_null);
const ajv = new Ajv({ strict: false, validateSchema: false, validateFormats: false, allErrors: true, logger: false });
ajv.addSchema(spec, "spec");

const token = (text) => encodeURIComponent(text.replaceAll("~", "~0").replaceAll("/", "~1"));
const compiled = new Map();
function problems(pointer, value) {
  const reference = `spec#/${pointer.map(token).join("/")}`;
  if (!compiled.has(reference)) compiled.set(reference, ajv.compile({ $ref: reference }));
  const valid = compiled.get(reference);
  return valid(value) ? [] : valid.errors.map((error) => `${error.instancePath || "/"} ${error.message}`);
}

const resolve = (value) => (value?.$ref ? value.$ref.slice(2).split("/").reduce((at, key) => at[key], spec) : value);
const pointer_of = (value, own) => (value?.$ref ? value.$ref.slice(2).split("/") : own);

// The template with the fewest placeholders that fits.
const templates = Object.keys(spec.paths).map((path) => ({
  path, holes: (path.match(/{/g) ?? []).length,
  pattern: new RegExp(`^${path.split(/({[^}]+})/).map((part) => (part === "{path}" ? ".+" : part.startsWith("{") ? "[^/]+" : part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"))).join("")}$`),
})).sort((left, right) => left.holes - right.holes);

function check(exchange) {
  // Where a redirect of a renamed repository leads is told in prose only.
  const path = exchange.path.replace(/^\/repositories\/\d+\//, "/repos/owner/repository/");
  const found = templates.find((each) => each.pattern.test(path));
  if (!found) return ["no such path"];
  const method = exchange.method.toLowerCase();
  const operation = spec.paths[found.path][method];
  if (!operation) return [`no ${exchange.method} ${found.path}`];
  const here = ["paths", found.path, method];
  const out = [];
  const known = [...(spec.paths[found.path].parameters ?? []), ...(operation.parameters ?? [])].map(resolve).filter((each) => each.in === "query");
  const query = new URLSearchParams(exchange.query);
  for (const key of query.keys()) if (!known.some((each) => each.name === key)) out.push(`unknown parameter ${key}`);
  for (const each of known) {
    const value = query.get(each.name);
    if (each.required && value === null) out.push(`parameter ${each.name} is missing`);
    if (value !== null && each.schema?.enum && !each.schema.enum.includes(value)) out.push(`${each.name} is ${value}`);
  }
  if (exchange.request !== null) {
    const body = resolve(operation.requestBody);
    const at = pointer_of(operation.requestBody, [...here, "requestBody"]);
    if (!body?.content?.["application/json"]) out.push("takes no body");
    else out.push(...problems([...at, "content", "application/json", "schema"], exchange.request).map((each) => `request: ${each}`));
  }
  const own = operation.responses[String(exchange.status)];
  // What every call may answer is described once for all, not at each path.
  if (!own) return [304, 401, 403, 422, 429].includes(exchange.status) ? out : [...out, `status ${exchange.status} is not described`];
  const response = resolve(own);
  if (response.content?.["application/json"]) {
    const at = pointer_of(own, [...here, "responses", String(exchange.status)]);
    out.push(...problems([...at, "content", "application/json", "schema"], exchange.answer).map((each) => `answer: ${each}`));
  } else if (exchange.answer !== null && exchange.status < 300) {
    out.push("answer: there is none");
  }
  return out;
}

let wrong = 0;
for (const exchange of JSON.parse(readFileSync(file, "utf8"))) {
  for (const problem of check(exchange)) {
    wrong += 1;
    console.log(`${exchange.method} ${exchange.path} ${exchange.status}: ${problem}`);
  }
}
console.log(`${wrong} problems`);
process.exit(wrong ? 1 : 0);
