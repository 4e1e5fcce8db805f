import t from "tap";
import { serverApp } from "../support/server-app.ts";

const { call, tokenOf } = await serverApp(t, { clinics: ["first"] });
const token = await tokenOf("first", "DOCTOR");
const at = "/t/first/fhir/Patient";

t.test("an answer may be kept by its client alone, which asks again by its ETag", async (t) => {
	const body = JSON.stringify({ resourceType: "Patient", id: "a", gender: "male" });
	const made = await call("PUT", `${at}/a`, token, { body, headers: { "content-type": "application/fhir+json" } });
	t.equal(made.headers["cache-control"], "private, no-cache");
	for (const url of [`${at}/a`, `${at}?gender=male`, `${at}/a/_history`]) {
		t.equal((await call("GET", url, token)).headers["cache-control"], "private, no-cache", url);
	}
	const again = await call("GET", `${at}/a`, token, { headers: { "if-none-match": made.headers.etag as string } });
	t.match(again, { statusCode: 304, headers: { "cache-control": "private, no-cache" } });
	t.equal(again.body, "");
});
