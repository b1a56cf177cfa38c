# Net::Akismet, from Debian: the key in the host name, plain HTTP.

use strict;
use warnings;
use File::Basename qw(dirname);
use JSON::PP;
use Net::Akismet;

open my $file, '<', dirname(__FILE__) . '/../comments.json' or die $!;
my $comments = decode_json(do { local $/; <$file> });
my (undef, $key) = @ARGV;

sub fields {
    my ($comment) = @_;
    return (
        USER_IP              => $comments->{user_ip},
        COMMENT_USER_AGENT   => $comments->{user_agent},
        COMMENT_TYPE         => 'comment',
        COMMENT_AUTHOR       => $comment->{author},
        COMMENT_AUTHOR_EMAIL => $comment->{email},
        COMMENT_CONTENT      => $comment->{content},
    );
}

my $good = Net::Akismet->new(KEY => $key, URL => $comments->{blog});
print 'good key: ', ($good ? 'valid' : 'invalid'), "\n";
my $bad = Net::Akismet->new(KEY => $comments->{bad_key}, URL => $comments->{blog});
print 'bad key: ', ($bad ? 'valid' : 'invalid'), "\n";
# There is no client without a good key, so this one gets its key afterwards.
my $changed = Net::Akismet->new(KEY => $key, URL => $comments->{blog});
$changed->{KEY} = $comments->{bad_key};
print 'check with bad key: ', (defined $changed->check(fields($comments->{ham})) ? 'answered' : 'refused'), "\n";

sub check {
    my $verdict = $good->check(fields($_[0]));
    return !defined $verdict ? 'none' : $verdict eq 'true' ? 'spam' : 'ham';
}

print 'honest comment: ', check($comments->{ham}),  "\n";
print 'advertisement: ',  check($comments->{spam}), "\n";
for (['spam', 'ham', 'advertisement after submit-ham'], ['ham', 'spam', 'honest comment after submit-spam']) {
    my ($was, $taught, $line) = @$_;
    my $comment = $comments->{$was};
    $good->$taught(fields($comment));
    for my $n (0 .. $comments->{rounds} - 1) {
        last if check($comment) eq $taught;
        $good->$taught(fields({ %$comment, author => "$comment->{author} $n", email => "$n.$comment->{email}" }));
    }
    print "$line: ", check($comment), "\n";
}
