import t from "tap";
import { instantIn, spanOf } from "../../src/kernel/index.ts";

const KOLKATA = "Asia/Kolkata";

/** The span as two ISO instants, end exclusive. */
const span = (text: string, zone = KOLKATA): string | undefined => {
	const found = spanOf(text, zone);
	return found && `${new Date(found.start).toISOString()} ${new Date(found.end).toISOString()}`;
};

t.test("a value covers the time it is precise to", async (t) => {
	t.equal(span("2024", "UTC"), "2024-01-01T00:00:00.000Z 2025-01-01T00:00:00.000Z");
	t.equal(span("2024-02", "UTC"), "2024-02-01T00:00:00.000Z 2024-03-01T00:00:00.000Z");
	t.equal(span("2024-12-31", "UTC"), "2024-12-31T00:00:00.000Z 2025-01-01T00:00:00.000Z");
	t.equal(span("2024-05-01T10:00Z"), "2024-05-01T10:00:00.000Z 2024-05-01T10:01:00.000Z");
	t.equal(span("2024-05-01T10:00:07Z"), "2024-05-01T10:00:07.000Z 2024-05-01T10:00:08.000Z");
	t.equal(span("2024-05-01T10:00:07.5Z"), "2024-05-01T10:00:07.500Z 2024-05-01T10:00:07.600Z");
	t.equal(span("2024-05-01T10:00:07.123Z"), "2024-05-01T10:00:07.123Z 2024-05-01T10:00:07.124Z");
});

t.test("a zone in the value counts, the clinic's zone stands in for a missing one", async (t) => {
	t.equal(span("2024-05-01T10:00:00+05:30"), span("2024-05-01T04:30:00Z"));
	t.equal(span("2024-05-01T10:00:00-14:00", "UTC"), "2024-05-02T00:00:00.000Z 2024-05-02T00:00:01.000Z");
	t.equal(span("2024-05-01"), "2024-04-30T18:30:00.000Z 2024-05-01T18:30:00.000Z");
	t.equal(span("2024"), "2023-12-31T18:30:00.000Z 2024-12-31T18:30:00.000Z");
	t.equal(span("2024-05-01T10:00"), "2024-05-01T04:30:00.000Z 2024-05-01T04:31:00.000Z");
	t.equal(span("2024-07-01", "America/New_York"), "2024-07-01T04:00:00.000Z 2024-07-02T04:00:00.000Z");
	t.equal(
		span("2024-03-10", "America/New_York"),
		"2024-03-10T05:00:00.000Z 2024-03-11T04:00:00.000Z",
		"a day of 23 hours",
	);
	t.equal(
		span("1900-01-01", "Asia/Kolkata"),
		"1899-12-31T18:38:50.000Z 1900-01-01T18:38:50.000Z",
		"before the offset of today",
	);
});

t.test("a leap second and long fractions are times too", async (t) => {
	t.equal(span("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000Z 2017-01-01T00:00:01.000Z");
	const fine = spanOf("2024-05-01T10:00:00.123456Z", "UTC");
	t.equal(Math.floor(fine?.start ?? 0), Date.parse("2024-05-01T10:00:00.123Z"));
	t.ok(fine && fine.end > fine.start);
});

t.test("early years are years, not offsets from 1900", async (t) => {
	t.equal(span("0099", "UTC"), "0099-01-01T00:00:00.000Z 0100-01-01T00:00:00.000Z");
});

t.test("what is no date is none", async (t) => {
	const wrong = [
		"",
		"24",
		"2024-5",
		"2024-05-01T10",
		"2024-05-01T10:00:00+0530",
		"2024-05-01 10:00:00Z",
		"2024-05-01Z",
	];
	for (const text of [...wrong, "today", "2024-05-01T10:00:00.Z", " 2024", "2024\n"])
		t.equal(spanOf(text, KOLKATA), undefined, text);
});

t.test("a day or an hour that the calendar does not have is none", async (t) => {
	const wrong = ["2024-13", "2024-00", "2024-02-30", "2023-02-29", "2024-04-31", "2024-05-00", "2024-05-01T24:00:00Z"];
	for (const text of [...wrong, "2024-05-01T10:60:00Z", "2024-05-01T10:00:61Z"])
		t.equal(spanOf(text, KOLKATA), undefined, text);
});

t.test("a moment is told with the offset of the zone", async (t) => {
	const moment = Date.UTC(2026, 10, 22, 20, 15, 30, 250);
	t.equal(instantIn(moment, "Asia/Kolkata"), "2026-11-23T01:45:30.250+05:30");
	t.equal(instantIn(moment, "America/New_York"), "2026-11-22T15:15:30.250-05:00");
	t.equal(instantIn(moment, "UTC"), "2026-11-22T20:15:30.250+00:00");
});
