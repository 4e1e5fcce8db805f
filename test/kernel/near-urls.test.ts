import t from "tap";
import { nearUrls } from "../../src/kernel/index.ts";

const urls = [
	"http://a.example/ValueSet/colours",
	"http://b.example/ValueSet/colours",
	"http://a.example/ValueSet/x",
	"urn:it",
];

t.test("the last part counts, however long the url is; the nearest ones are told", async (t) => {
	t.strictSame(nearUrls(`http://a.example/${"long/".repeat(20)}colors`, urls), urls.slice(0, 2));
	t.strictSame(nearUrls("http://b.example/ValueSet/Colours|1.0", urls), urls.slice(1, 2), "of the same publisher");
	t.strictSame(nearUrls("http://a.example/ValueSet/flavours", urls), []);
	t.equal(
		nearUrls(
			"http://z.example/same",
			Array.from({ length: 9 }, (_, n) => `http://${n}.example/same`),
		).length,
		3,
	);
});
