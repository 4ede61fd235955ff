CREATE TABLE `marks` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`service` text NOT NULL,
	`text` text NOT NULL,
	`author` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `marks_by_time` ON `marks` (`at_ms`);--> statement-breakpoint
CREATE UNIQUE INDEX `marks_once` ON `marks` (`service`,`at_ms`,`text`,`author`);