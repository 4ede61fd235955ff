CREATE TABLE `channel_tests` (
	`channel` text PRIMARY KEY NOT NULL,
	`started_at_ms` integer NOT NULL,
	`actor` text NOT NULL,
	`ended_at_ms` integer,
	`outcome` text,
	`reason` text,
	`message` text,
	`receipt` text
);
