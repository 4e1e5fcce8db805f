import t from "tap";
import { createAttempts } from "../../src/auth/attempts.ts";

const throttled = (check: () => void): boolean => {
	try {
		check();
		return false;
	} catch (error) {
		return (error as { kind?: string }).kind === "throttled";
	}
};

t.test("five failures from one place are free, then the wait doubles up to a minute", async (t) => {
	let time = 0;
	const attempts = createAttempts(() => time);
	const isThrottled = () => throttled(() => attempts.check("a@b.c", "10.0.0.1"));
	for (let i = 0; i < 4; i++) attempts.failed("a@b.c", "10.0.0.1");
	t.notOk(isThrottled());
	for (const wait of [1, 2, 4, 8, 16, 32, 60, 60]) {
		attempts.failed("A@b.c ", "10.0.0.1");
		time += wait * 1000 - 1;
		t.ok(isThrottled(), `${wait} s`);
		time += 1;
		t.notOk(isThrottled());
	}
	attempts.succeeded("a@b.c", "10.0.0.1");
	attempts.failed("a@b.c", "10.0.0.1");
	t.notOk(isThrottled(), "a success starts the count anew");
});

t.test("another place waits only when many places guess", async (t) => {
	const attempts = createAttempts(() => 0);
	for (let i = 0; i < 49; i++) attempts.failed("a@b.c", `10.0.0.${i % 20}`);
	t.notOk(throttled(() => attempts.check("a@b.c", "192.0.2.1")));
	attempts.failed("a@b.c", "10.0.0.9");
	t.ok(throttled(() => attempts.check("a@b.c", "192.0.2.1")));
	t.notOk(throttled(() => attempts.check("other@b.c", "192.0.2.1")));
});
