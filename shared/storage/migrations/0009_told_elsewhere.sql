ALTER TABLE `notifications` ADD `elsewhere_at_ms` integer;--> statement-breakpoint
UPDATE `notifications` SET `elsewhere_at_ms` = `created_at_ms` + 300000
WHERE `state` = 'pending' AND `alert_ids` <> '[]' AND `channel` NOT LIKE 'on_firing:%';
