import { Migration } from "@mikro-orm/migrations";
import { defineEntity, p } from "@mikro-orm/postgresql";

/** The smallest schema of a clinic, for tests of what does not depend on its tables. */
export const NoteEntity = defineEntity({
	name: "Note",
	tableName: "note",
	schema: "*",
	properties: { id: p.uuid().primary(), text: p.text() },
});

class MakeNote extends Migration {
	override up(): void {
		this.addSql("create table note (id uuid primary key, text text not null)");
	}
}

export const noteMigrations = [{ name: "make-note", class: MakeNote }];
