DROP INDEX `marks_once`;--> statement-breakpoint
ALTER TABLE `marks` ADD `is_withdrawn` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `marks_once` ON `marks` (`service`,`at_ms`,`text`,`author`,`is_public`) WHERE "marks"."is_withdrawn" = 0;