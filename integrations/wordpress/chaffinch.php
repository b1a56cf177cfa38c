<?php
/**
 * Plugin Name:       Chaffinch
 * Description:       The Akismet plugin asks a Chaffinch of your own about comments instead of akismet.com. While it does not answer, comments are held for moderation.
 * Version:           0.1.0
 * Requires at least: 5.8
 * Requires PHP:      7.4
 * License:           MIT OR Apache-2.0
 * Text Domain:       chaffinch
 *
 * Save this file as wp-content/mu-plugins/chaffinch.php. docs/integrations/wordpress.md says the rest.
 *
 * Constants for wp-config.php, none of which is needed:
 *   CHAFFINCH_URL      where Chaffinch listens; goes before what the settings page says
 *   CHAFFINCH_KEY      the site key, likewise
 *   CHAFFINCH_TIMEOUT  seconds that a visitor waits for a verdict at most
 *
 * @package Chaffinch
 */

namespace Chaffinch;

use DateTimeImmutable;
use Exception;
use WP_Comment;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** Where Chaffinch listens unless told otherwise. */
const DEFAULT_ADDRESS = 'http://127.0.0.1:8181';

/** Seconds until a comment is held rather than waited for. A healthy Chaffinch needs milliseconds. */
const DEFAULT_TIMEOUT = 3;

/** Meta of a comment: the name of its latest verdict, by which Chaffinch knows the reasons. */
const VERDICT = 'chaffinch_verdict';

/** Option: the address. */
const ADDRESS = 'chaffinch_url';

/** Option: the site key. */
const KEY = 'chaffinch_key';

/** Transient: what went wrong with the latest check. */
const TROUBLE = 'chaffinch_trouble';

/** Page of the settings. */
const PAGE = 'chaffinch';

add_filter( 'pre_http_request', __NAMESPACE__ . '\\answer', 10, 3 );
add_filter( 'akismet_get_api_key', __NAMESPACE__ . '\\key' );
add_filter( 'akismet_predefined_api_key', __NAMESPACE__ . '\\has_key' );
add_filter( 'akismet_comment_form_privacy_notice_markup', __NAMESPACE__ . '\\form_notice' );
add_action( 'init', __NAMESPACE__ . '\\load_translations' );
add_action( 'admin_init', __NAMESPACE__ . '\\add_settings' );
add_action( 'admin_init', __NAMESPACE__ . '\\add_privacy_text' );
add_action( 'admin_menu', __NAMESPACE__ . '\\add_page' );
add_action( 'admin_notices', __NAMESPACE__ . '\\tell_trouble' );
add_action( 'add_meta_boxes_comment', __NAMESPACE__ . '\\show_reasons' );
add_action( 'load-settings_page_akismet-key-config', __NAMESPACE__ . '\\hide_hosted' );
add_action( 'load-jetpack_page_akismet-key-config', __NAMESPACE__ . '\\hide_hosted' );
add_filter( 'gettext_akismet', __NAMESPACE__ . '\\correct_akismet_text', 10, 2 );

/**
 * Translations, from the languages folder of WordPress.
 */
function load_translations(): void {
	load_muplugin_textdomain( 'chaffinch' );
}

// -- Where Chaffinch is -------------------------------------------------------------------------

/**
 * An address as it can be used, or nothing if it cannot.
 *
 * @param mixed $address What somebody entered.
 */
function clean_address( $address ): string {
	$address = untrailingslashit( esc_url_raw( trim( (string) $address ), array( 'http', 'https' ) ) );
	$parts   = wp_parse_url( $address );
	if ( empty( $parts['host'] ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) ) {
		return '';
	}
	return hosted_key( $parts['host'] ) === null ? $address : '';
}

/**
 * Where Chaffinch is; empty if what was set is no address.
 */
function address(): string {
	$set = defined( 'CHAFFINCH_URL' ) ? constant( 'CHAFFINCH_URL' ) : get_option( ADDRESS );
	return $set ? clean_address( $set ) : DEFAULT_ADDRESS;
}

/**
 * A site key as the protocol has it: twelve letters and digits.
 *
 * @param mixed $key What somebody entered.
 */
function clean_key( $key ): string {
	$key = strtolower( trim( (string) $key ) );
	return preg_match( '/^[a-z0-9]{12}$/', $key ) ? $key : '';
}

/**
 * The site key, if it was set here.
 */
function own_key(): string {
	return clean_key( defined( 'CHAFFINCH_KEY' ) ? constant( 'CHAFFINCH_KEY' ) : get_option( KEY ) );
}

/**
 * The key that the Akismet plugin uses. Its own form takes only keys of a-f and 0-9.
 *
 * @param mixed $stored The plugin's own.
 * @return mixed
 */
function key( $stored = '' ) {
	$own = own_key();
	return '' === $own ? $stored : $own;
}

/**
 * Tells the Akismet plugin not to ask for a key.
 *
 * @param bool $predefined Whether it has one that it did not ask for.
 */
function has_key( $predefined ): bool {
	return $predefined || '' !== own_key();
}

/**
 * Seconds to wait for Chaffinch.
 */
function timeout(): float {
	$set = defined( 'CHAFFINCH_TIMEOUT' ) ? (float) constant( 'CHAFFINCH_TIMEOUT' ) : 0;
	return $set > 0 ? $set : DEFAULT_TIMEOUT;
}

/**
 * Tells whether a host is Akismet's, and the key that older add-ons put before its name.
 *
 * @param string $host Name of a host.
 * @return string|null The key, which may be empty; null for any other host.
 */
function hosted_key( string $host ): ?string {
	$is_hosted = preg_match( '/^(?:([a-z0-9]{12})\.)?rest\.akismet\.com\.?$/i', $host, $found );
	return $is_hosted ? ( $found[1] ?? '' ) : null;
}

// -- Calls to Akismet ---------------------------------------------------------------------------

/**
 * Answers what is meant for akismet.com with what Chaffinch says.
 *
 * @param mixed  $answer  What another plugin answers, false if none does.
 * @param array  $request Arguments of the request.
 * @param string $url     Where it was meant to go.
 * @return mixed A response, an error, or what came in if this is no call to Akismet.
 */
function answer( $answer, $request, $url ) {
	if ( false !== $answer ) {
		return $answer;
	}
	$parts   = wp_parse_url( $url );
	$headers = is_array( $request['headers'] ?? null ) ? $request['headers'] : array();
	// The plugin may call an address by number and name the host in a header.
	$named = (string) ( $headers['Host'] ?? $headers['host'] ?? '' );
	$key   = hosted_key( $parts['host'] ?? '' ) ?? hosted_key( $named );
	if ( null === $key ) {
		return $answer;
	}

	$path   = $parts['path'] ?? '/';
	$target = address() . $path . ( isset( $parts['query'] ) ? '?' . $parts['query'] : '' );
	if ( '' !== $key ) {
		$target = add_query_arg( 'api_key', $key, $target );
	}
	unset( $headers['Host'], $headers['host'] );
	$request['headers']     = $headers;
	$request['timeout']     = timeout();
	$request['redirection'] = 0;

	$reply = ask( $target, $request );
	return '/1.1/comment-check' === $path ? verdict_or_hold( $reply, $request ) : $reply;
}

/**
 * Calls Chaffinch. Once it has not answered, it is not waited for again in this request: the plugin
 * tries each call three times.
 *
 * @param string $target  Address of the call.
 * @param array  $request Arguments of the request.
 * @return array|WP_Error
 */
function ask( string $target, array $request ) {
	static $away = null;
	if ( null !== $away ) {
		return $away;
	}
	if ( '' === address() ) {
		return new WP_Error( 'chaffinch_address', __( 'CHAFFINCH_URL is no address', 'chaffinch' ) );
	}
	$reply = wp_remote_request( $target, $request );
	if ( is_wp_error( $reply ) ) {
		$away = $reply;
	}
	return $reply;
}

/**
 * Passes a verdict on. The plugin publishes a comment that it could get none for, and also one whose
 * verdict has no guid, as when a proxy answers in place of Chaffinch: it gets a reply then that
 * makes it hold the comment and ask again later.
 *
 * @param array|WP_Error $reply   What came of the check.
 * @param array          $request Arguments of the request.
 * @return array
 */
function verdict_or_hold( $reply, array $request ): array {
	$guid = is_wp_error( $reply ) ? '' : (string) wp_remote_retrieve_header( $reply, 'x-akismet-guid' );
	$code = wp_remote_retrieve_response_code( $reply );
	if ( '' !== $guid && 200 === $code ) {
		keep_verdict( $guid, $request );
		if ( get_transient( TROUBLE ) ) {
			delete_transient( TROUBLE );
		}
		return $reply;
	}

	$why = is_wp_error( $reply )
		? $reply->get_error_message()
		/* translators: %d: an HTTP status code such as 502. */
		: sprintf( __( 'the answer was status %d and no verdict', 'chaffinch' ), $code );
	set_transient( TROUBLE, $why, DAY_IN_SECONDS );
	return array(
		'headers'  => array( 'x-akismet-guid' => str_replace( '-', '', wp_generate_uuid4() ) ),
		// The comment's history shows the first 50 bytes of this.
		'body'     => __( 'no verdict from Chaffinch', 'chaffinch' ),
		'response' => array(
			'code'    => 503,
			'message' => 'Service Unavailable',
		),
		'cookies'  => array(),
		'filename' => null,
	);
}

/**
 * Keeps the name of a verdict with its comment, which is stored only after the check unless it is
 * checked again.
 *
 * @param string $guid    Name of the verdict.
 * @param array  $request Arguments of the check.
 */
function keep_verdict( string $guid, array $request ): void {
	if ( is_string( $request['body'] ) && preg_match( '/(?:^|&)comment_ID=(\d+)/', $request['body'], $found ) ) {
		update_comment_meta( (int) $found[1], VERDICT, $guid );
		return;
	}
	$keep = function ( $id ) use ( $guid, &$keep ) {
		remove_action( 'wp_insert_comment', $keep );
		update_comment_meta( $id, VERDICT, $guid );
	};
	add_action( 'wp_insert_comment', $keep );
}

// -- Reasons ------------------------------------------------------------------------------------

/**
 * Adds the reasons to the comment's history, which the Akismet plugin is about to show. They stay
 * in Chaffinch, which knows when their time is over; here is no copy of them.
 *
 * @param WP_Comment $comment The comment that is shown.
 */
function show_reasons( $comment ): void {
	$row = reasons( (int) $comment->comment_ID );
	if ( ! $row ) {
		return;
	}
	$add = function ( $value, $id, $name, $single ) use ( $comment, $row, &$add ) {
		if ( 'akismet_history' !== $name || $single || (int) $id !== (int) $comment->comment_ID ) {
			return $value;
		}
		remove_filter( 'get_comment_metadata', $add );
		$history = get_comment_meta( $id, 'akismet_history' );
		add_filter( 'get_comment_metadata', $add, 10, 4 );
		return array_merge( is_array( $history ) ? $history : array(), array( $row ) );
	};
	add_filter( 'get_comment_metadata', $add, 10, 4 );
}

/**
 * The reasons for a comment's latest verdict, as a row of the plugin's history.
 *
 * @param int $comment_id Which comment.
 * @return array|null
 */
function reasons( int $comment_id ): ?array {
	$guid    = get_comment_meta( $comment_id, VERDICT, true );
	$verdict = $guid ? read( '/v1/verdicts/' . rawurlencode( $guid ) ) : null;
	if ( ! isset( $verdict['verdict'], $verdict['probability'], $verdict['at'] ) ) {
		return null;
	}
	$weights = array();
	foreach ( (array) ( $verdict['reasons'] ?? array() ) as $reason ) {
		if ( isset( $reason['detail'], $reason['weight'] ) ) {
			$weights[] = sprintf( '%s (%+.1f)', $reason['detail'], $reason['weight'] );
		}
	}
	try {
		$time = (float) ( new DateTimeImmutable( $verdict['at'] ) )->format( 'U.u' );
	} catch ( Exception $wrong ) {
		return null;
	}
	return array(
		'time'    => $time,
		'event'   => 'chaffinch-reasons',
		'message' => sprintf(
			/* translators: 1: ham, unsure or spam. 2: a number of per cent. 3: words of the comment and other signs, each with its weight. */
			__( 'Chaffinch: %1$s, spam with a probability of %2$s %%. %3$s', 'chaffinch' ),
			$verdict['verdict'],
			number_format_i18n( 100 * (float) $verdict['probability'], 2 ),
			implode( ' · ', $weights )
		),
	);
}

/**
 * Reads from Chaffinch with the site key.
 *
 * @param string $path What to read.
 * @return array|null Nothing if that cannot be read.
 */
function read( string $path ): ?array {
	$key   = class_exists( 'Akismet' ) ? (string) \Akismet::get_api_key() : own_key();
	$reply = ask(
		address() . $path,
		array(
			'headers'     => array( 'Authorization' => 'Bearer ' . $key ),
			'timeout'     => timeout(),
			'redirection' => 0,
		)
	);
	$value = 200 === wp_remote_retrieve_response_code( $reply ) ? json_decode( wp_remote_retrieve_body( $reply ), true ) : null;
	return is_array( $value ) ? $value : null;
}

// -- Settings -----------------------------------------------------------------------------------

/**
 * The two settings. What is no address or key is refused, and the old one kept; nothing is always
 * accepted.
 */
function add_settings(): void {
	$add = function ( string $option, string $clean, string $hint ) {
		$accept = function ( $entered ) use ( $option, $clean, $hint ) {
			$cleaned = call_user_func( __NAMESPACE__ . '\\' . $clean, $entered );
			if ( '' === $cleaned && '' !== trim( (string) $entered ) ) {
				add_settings_error( $option, $option, $hint );
				return (string) get_option( $option );
			}
			return $cleaned;
		};
		register_setting(
			PAGE,
			$option,
			array(
				'type'              => 'string',
				'default'           => '',
				'sanitize_callback' => $accept,
			)
		);
	};
	$add( ADDRESS, 'clean_address', __( 'Enter the address of your Chaffinch, such as http://127.0.0.1:8181.', 'chaffinch' ) );
	$add( KEY, 'clean_key', __( 'Enter a site key of your Chaffinch: twelve letters and digits.', 'chaffinch' ) );
}

/**
 * The page below Settings.
 */
function add_page(): void {
	add_options_page( __( 'Chaffinch', 'chaffinch' ), __( 'Chaffinch', 'chaffinch' ), 'manage_options', PAGE, __NAMESPACE__ . '\\page' );
}

/**
 * What Chaffinch says of itself and of the key, in a sentence.
 */
function state(): string {
	$ready = read( '/readyz' );
	if ( ! isset( $ready['model'] ) ) {
		return __( 'Chaffinch does not answer at this address. New comments are held for moderation.', 'chaffinch' );
	}
	if ( ! class_exists( 'Akismet' ) ) {
		return __( 'Chaffinch answers. Activate the Akismet plugin: it asks about comments.', 'chaffinch' );
	}
	if ( 'valid' !== \Akismet::verify_key( (string) \Akismet::get_api_key() ) ) {
		return __( 'Chaffinch answers, but the key is none of its site keys, or one for another site.', 'chaffinch' );
	}
	return sprintf(
		/* translators: 1: name of the model. 2: number of corrections. */
		__( 'Chaffinch answers and knows the key. Its model is %1$s and has learned from %2$s corrections.', 'chaffinch' ),
		$ready['model'],
		number_format_i18n( (int) ( $ready['learned_from'] ?? 0 ) )
	);
}

/**
 * A line of the form.
 *
 * @param string $option   Which setting.
 * @param string $constant The constant that goes before it.
 * @param string $label    Its name.
 * @param string $hint     What to enter.
 * @param string $example  What it looks like.
 */
function field( string $option, string $constant, string $label, string $hint, string $example ): void {
	$is_fixed = defined( $constant );
	/* translators: %s: name of a constant. */
	$hint = $is_fixed ? sprintf( __( 'Set by %s in wp-config.php.', 'chaffinch' ), $constant ) : $hint;
	printf(
		'<tr><th scope="row"><label for="%1$s">%2$s</label></th><td>'
			. '<input id="%1$s" name="%1$s" type="text" class="regular-text code" autocomplete="off" value="%3$s" placeholder="%4$s"%5$s>'
			. '<p class="description">%6$s</p></td></tr>',
		esc_attr( $option ),
		esc_html( $label ),
		$is_fixed ? '' : esc_attr( get_option( $option ) ),
		esc_attr( $example ),
		disabled( $is_fixed, true, false ),
		esc_html( $hint )
	);
}

/**
 * Shows the page.
 */
function page(): void {
	?>
	<div class="wrap">
		<h1><?php esc_html_e( 'Chaffinch', 'chaffinch' ); ?></h1>
		<p><?php echo esc_html( state() ); ?></p>
		<form action="options.php" method="post">
			<?php settings_fields( PAGE ); ?>
			<table class="form-table" role="presentation">
				<?php
				field( ADDRESS, 'CHAFFINCH_URL', __( 'Address', 'chaffinch' ), __( 'What your Chaffinch listens on.', 'chaffinch' ), DEFAULT_ADDRESS );
				field( KEY, 'CHAFFINCH_KEY', __( 'Site key', 'chaffinch' ), __( 'Shown at the first start of Chaffinch. It goes before a key in the settings of Akismet.', 'chaffinch' ), '' );
				?>
			</table>
			<?php submit_button(); ?>
		</form>
		<p>
			<a href="<?php echo esc_url( address() . '/' ); ?>"><?php esc_html_e( 'Dashboard of Chaffinch', 'chaffinch' ); ?></a> ·
			<a href="<?php echo esc_url( admin_url( 'options-general.php?page=akismet-key-config' ) ); ?>"><?php esc_html_e( 'Settings of Akismet', 'chaffinch' ); ?></a>
		</p>
	</div>
	<?php
}

/**
 * Tells moderators that comments are held because Chaffinch is away.
 */
function tell_trouble(): void {
	$why = current_user_can( 'moderate_comments' ) ? get_transient( TROUBLE ) : '';
	if ( $why ) {
		printf(
			'<div class="notice notice-warning"><p>%s</p></div>',
			/* translators: %s: what went wrong. */
			esc_html( sprintf( __( 'Chaffinch could not judge the latest comment (%s). Comments wait for moderation until it can; those that wait are checked again.', 'chaffinch' ), $why ) )
		);
	}
}

// -- What only akismet.com can show -------------------------------------------------------------

/**
 * On the pages of the Akismet plugin: no frames of akismet.com, which would tell it of the site, and
 * no links to accounts and prices. The page of statistics is nothing but such a frame.
 */
function hide_hosted(): void {
	// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Which page to show changes nothing.
	if ( isset( $_GET['view'] ) && 'stats' === $_GET['view'] ) {
		wp_safe_redirect( admin_url( 'options-general.php?page=' . PAGE ) );
		exit;
	}
	header( "Content-Security-Policy: frame-src 'self'", false );
	add_action(
		'admin_head',
		function () {
			echo '<style>iframe[src*="//tools.akismet.com/"], form[action*="//akismet.com/"],'
				. ' a[href*="//akismet.com/account"], a[href*="//akismet.com/get"], a[href*="//akismet.com/pricing"],'
				. ' a[href*="page=akismet-key-config&view=stats"] { display: none !important }</style>';
		}
	);
}

// -- Privacy ------------------------------------------------------------------------------------

/**
 * The notice below the comment form, if the Akismet plugin is set to show one.
 */
function form_notice(): string {
	$policy = get_privacy_policy_url();
	$notice = esc_html__( 'Comments of this site are checked for spam by a program of its own.', 'chaffinch' );
	if ( $policy ) {
		$notice .= sprintf( ' <a href="%s">%s</a>', esc_url( $policy ), esc_html__( 'How comments are processed', 'chaffinch' ) );
	}
	return '<p class="akismet_comment_form_privacy_notice">' . $notice . '</p>';
}

/**
 * A text for the guide to the site's privacy policy.
 */
function add_privacy_text(): void {
	$text = array(
		__( 'When visitors leave a comment, what they enter into the form, their IP address, what the browser says of itself and how the form was filled in are processed by Chaffinch, a spam filter that we run ourselves or have run for us. It passes nothing on to anyone else.', 'chaffinch' ),
		__( 'So that we can put wrong decisions right, Chaffinch keeps the comment and its author encrypted for 90 days. It does not keep the IP address itself, only a hash made with a secret key. What it learns from our corrections are hashed features and weights without a word of the comment.', 'chaffinch' ),
	);
	$hint = sprintf(
		/* translators: %s: an address. */
		__( 'The settings of your Chaffinch may differ from these: %s shows those in force, and this text in six languages.', 'chaffinch' ),
		address() . '/privacy'
	);
	wp_add_privacy_policy_content(
		__( 'Chaffinch', 'chaffinch' ),
		'<p class="privacy-policy-tutorial">' . esc_html( $hint ) . '</p><p>' . implode( '</p><p>', array_map( 'esc_html', $text ) ) . '</p>'
	);
}

/**
 * The Akismet plugin suggests a text for the privacy policy that is not true of this site.
 *
 * @param string $translation The text as it would be shown.
 * @param string $text        The text in English.
 */
function correct_akismet_text( $translation, $text ): string {
	return 0 === strpos( $text, 'We collect information about visitors who comment on Sites that use our Akismet' )
		? __( 'Comments of this site are not sent to Akismet: see “Chaffinch”.', 'chaffinch' )
		: $translation;
}
