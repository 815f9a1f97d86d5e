"""The tables of rounds, answers, remarks, delegation and clearance."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("drafting", "0002_sealed"),
        ("people", "0002_people"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "stance",
                    models.CharField(
                        choices=[
                            ("content", "Content"),
                            ("content-if", "Content if conditions are met"),
                            ("not-content", "Not content"),
                            ("advice", "Advice"),
                            ("nil", "Nil return"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("given", "Given"),
                            ("deemed", "Deemed by silence"),
                            ("carried", "Carried over, nothing in its scope changed"),
                            ("restored", "Stands again, the text was changed back"),
                        ],
                        default="given",
                        max_length=10,
                    ),
                ),
                ("seal", models.CharField(max_length=64)),
                ("by_post", models.CharField(max_length=500)),
                ("name", models.CharField(blank=True, max_length=300)),
                ("on_behalf_of", models.CharField(blank=True, max_length=500)),
                ("through", models.CharField(default="desk", max_length=10)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("late", models.BooleanField(default=False)),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreement.answer",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["asked", "number"],
            },
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sections", models.JSONField(blank=True, default=list)),
                ("asked_at", models.DateTimeField()),
                ("deadline_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreement.answer",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asked", to="people.post"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "asked",
                "ordering": ["round", "post__title", "pk"],
            },
        ),
        migrations.AddField(
            model_name="answer",
            name="asked",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="agreement.asked"
            ),
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("section", models.CharField(max_length=200)),
                ("before", models.CharField(max_length=64)),
                ("after", models.CharField(max_length=64)),
                ("by_post", models.CharField(max_length=500)),
                ("name", models.CharField(max_length=300)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "iteration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="judgements", to="drafting.iteration"
                    ),
                ),
            ],
            options={
                "ordering": ["iteration", "section"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("iteration", "section", "before", "after"), name="a_change_is_judged_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("made_by", models.CharField(max_length=500)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="agreement.asked"
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=300)),
                ("through", models.CharField(default="desk", max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "iteration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="drafting.iteration"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.post"),
                ),
            ],
            options={
                "ordering": ["iteration", "at"],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "klass",
                    models.CharField(
                        choices=[
                            ("a", "(a) a condition of agreeing"),
                            ("b", "(b) should be addressed, not insisted on"),
                            ("c", "(c) merely made"),
                        ],
                        max_length=1,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("internal", "Inside the department"),
                            ("dropped", "Not lodged"),
                            ("lodged", "Lodged"),
                            ("settled", "Settled by its signer"),
                            ("withdrawn", "Withdrawn by its signer"),
                        ],
                        default="internal",
                        max_length=10,
                    ),
                ),
                ("section", models.CharField(blank=True, max_length=200)),
                ("passage", models.CharField(blank=True, max_length=40)),
                ("quote", models.TextField(blank=True)),
                ("body", models.TextField()),
                ("made_by", models.CharField(max_length=500)),
                ("made_at", models.DateTimeField()),
                ("lodged_at", models.DateTimeField(blank=True, null=True)),
                ("lodged_by", models.CharField(blank=True, max_length=500)),
                ("claimed_met_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=500)),
                (
                    "asked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="agreement.asked"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["made_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lodged_at", None), ("lodged_by", "")),
                            models.Q(("lodged_at__isnull", False), models.Q(("lodged_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_remark_is_lodged_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["internal", "lodged"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["dropped", "settled", "withdrawn"])),
                            _connector="OR",
                        ),
                        name="a_remark_that_ended_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disposition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("accepted", "Accepted"), ("in-part", "Accepted in part"), ("rejected", "Rejected")],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField()),
                ("changed", models.JSONField(blank=True, default=list)),
                ("by_post", models.CharField(max_length=500)),
                ("name", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "remark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dispositions", to="agreement.remark"
                    ),
                ),
            ],
            options={
                "ordering": ["remark", "at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=200, unique=True)),
                ("series", models.SlugField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("advice", "Advice"),
                            ("sign-off", "Sign-off"),
                            ("feedback", "Feedback"),
                            ("approval", "Approval"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("all", "Everybody who is asked"),
                            ("all-but", "Everybody but a number"),
                            ("quorum", "At least a number"),
                            ("one", "One"),
                            ("none", "Nobody must answer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("rule_number", models.PositiveIntegerField(default=0)),
                ("silence_is_consent", models.BooleanField(default=False)),
                (
                    "carry",
                    models.CharField(
                        choices=[
                            ("nothing", "Everybody is asked again"),
                            ("untouched", "Signatures stand where no section in their scope changed"),
                            ("editorial", "Signatures stand where nothing changed but what was judged editorial"),
                        ],
                        default="untouched",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("cleared", "Cleared"),
                            ("unsettled", "Cleared, then a signature was withdrawn"),
                            ("returned", "Returned to the pen team"),
                            ("replaced", "Goes on with a newer iteration"),
                            ("called-off", "Called off"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("message", models.TextField(blank=True)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=500)),
                ("clear_days", models.PositiveIntegerField()),
                ("deadline_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.TextField(blank=True)),
                (
                    "follows",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next",
                        to="agreement.round",
                    ),
                ),
                (
                    "iteration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="drafting.iteration"
                    ),
                ),
                ("writers", models.ManyToManyField(related_name="+", to="people.post")),
            ],
            options={
                "ordering": ["-opened_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["open", "unsettled"])),
                            models.Q(
                                models.Q(("state__in", ["open", "unsettled"]), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_round_that_ended_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deadline_at__gt", models.F("opened_at"))), name="a_deadline_follows"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("given_by", models.CharField(max_length=500)),
                ("given_at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="drafting.document",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to="people.post"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreement.round",
                    ),
                ),
            ],
            options={
                "ordering": ["-since"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document__isnull", False), ("round", None)),
                            models.Q(("document", None), ("round__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_delegation_has_one_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))), name="a_delegation_has_a_period"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seal", models.CharField(db_index=True, max_length=64)),
                ("by_post", models.CharField(max_length=500)),
                ("name", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.TextField(blank=True)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clearances", to="agreement.round"
                    ),
                ),
            ],
            options={
                "ordering": ["round", "at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("round",), name="one_clearance_stands_a_round"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="asked",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="asked", to="agreement.round"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("asked", "number"), name="answers_of_one_post_are_numbered"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("carried_from__isnull", False), ("how__in", ["carried", "restored"])),
                    models.Q(models.Q(("how__in", ["carried", "restored"]), _negated=True), ("carried_from", None)),
                    _connector="OR",
                ),
                name="what_is_carried_says_from_where",
            ),
        ),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(fields=["iteration", "post"], name="agreement_l_iterati_840252_idx"),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(fields=["state", "deadline_at"], name="agreement_r_state_64cb51_idx"),
        ),
        migrations.AddConstraint(
            model_name="asked",
            constraint=models.UniqueConstraint(fields=("round", "post"), name="a_post_is_asked_once_a_round"),
        ),
    ]
