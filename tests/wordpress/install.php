<?php
/**
 * Installs WordPress from the command line: a blog with one post, where comments need no moderation.
 */

define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST'] = parse_url( $argv[1], PHP_URL_HOST ) . ':' . parse_url( $argv[1], PHP_URL_PORT );
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

wp_install( 'Garden', 'ruth', 'ruth@garden.example', true, '', 'secret' );
update_option( 'comment_moderation', 0 );
update_option( 'comment_previously_approved', 0 );
update_option( 'comment_whitelist', 0 );
update_option( 'active_plugins', array( 'akismet/akismet.php' ) );
echo wp_json_encode(
	array(
		'wordpress' => $GLOBALS['wp_version'],
		'akismet'   => get_plugin_data( WP_PLUGIN_DIR . '/akismet/akismet.php', false, false )['Version'],
	)
);
