ALTER TABLE `alerts` ADD `generation` integer;--> statement-breakpoint
CREATE INDEX `alerts_by_generation` ON `alerts` (`generation`);--> statement-breakpoint
ALTER TABLE `marks` ADD `generation` integer;--> statement-breakpoint
CREATE INDEX `marks_by_generation` ON `marks` (`generation`);--> statement-breakpoint
ALTER TABLE `transitions` ADD `generation` integer;--> statement-breakpoint
CREATE INDEX `transitions_by_generation` ON `transitions` (`generation`);