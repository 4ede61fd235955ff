-- Written by hand: drizzle-kit asks about a renamed column, and knows nothing of values.
ALTER TABLE `alerts` RENAME COLUMN `told` TO `notified_channels`;--> statement-breakpoint
UPDATE `notifications` SET `failure` = 'invalid_response' WHERE `failure` = 'invalid_answer';--> statement-breakpoint
UPDATE `channels` SET `failure` = 'invalid_response' WHERE `failure` = 'invalid_answer';--> statement-breakpoint
UPDATE `audit` SET `action` = 'remediation.ended' WHERE `action` = 'response.ended';--> statement-breakpoint
UPDATE `audit` SET `action` = 'drill.concluded' WHERE `action` = 'drill.judged';
