CREATE TABLE `alerts` (
	`fired_at_ms` integer NOT NULL,
	`id` text NOT NULL,
	`subject` text NOT NULL,
	`name` text NOT NULL,
	`severity` text NOT NULL,
	`state` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`message` text,
	`since_ms` integer NOT NULL,
	`ended_at_ms` integer,
	`end_reason` text,
	`is_flapping` integer NOT NULL,
	`level` integer NOT NULL,
	`told` text NOT NULL,
	`decision` text NOT NULL,
	`acknowledged_by` text,
	`action_taken` text,
	PRIMARY KEY(`fired_at_ms`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `audit` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `channels` (
	`name` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`is_broken` integer NOT NULL,
	`failure` text,
	`message` text,
	`not_before_ms` integer NOT NULL,
	`sent_at_ms` integer,
	`failed_at_ms` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `notifications` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`channel` text NOT NULL,
	`state` text NOT NULL,
	`alert_ids` text NOT NULL,
	`payload` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_ms` integer NOT NULL,
	`claimed_until_ms` integer DEFAULT 0 NOT NULL,
	`ended_at_ms` integer,
	`failure` text,
	`receipt` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notifications_by_id` ON `notifications` (`id`);--> statement-breakpoint
CREATE INDEX `notifications_pending` ON `notifications` (`seq`) WHERE state = 'pending';--> statement-breakpoint
ALTER TABLE `snapshot` ADD `alerting` text DEFAULT '{}' NOT NULL;