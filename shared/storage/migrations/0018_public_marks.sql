DROP INDEX `marks_once`;--> statement-breakpoint
ALTER TABLE `marks` ADD `is_public` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `marks_public` ON `marks` (`at_ms`) WHERE "marks"."is_public" = 1;--> statement-breakpoint
CREATE UNIQUE INDEX `marks_once` ON `marks` (`service`,`at_ms`,`text`,`author`,`is_public`);