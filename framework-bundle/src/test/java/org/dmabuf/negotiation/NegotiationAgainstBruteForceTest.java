package org.dmabuf.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dmabuf.Row;
import org.dmabuf.negotiation.BruteForce.Tried;
import org.junit.jupiter.api.Test;

/** Over generated sets of devices the answer is that of trying everything. */
class NegotiationAgainstBruteForceTest {
  private static final int CASES = 6000;
  private static final long SEED = 20261121;

  private record Case(
      BufferRequest request, List<ImporterNeeds> importers, List<ExporterOffer> exporters) {}

  private static Case generate(Random random) {
    RandomDevices devices = new RandomDevices(random);
    List<ImporterNeeds> importers = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      importers.add(devices.importer("importer" + i));
    }
    List<ExporterOffer> exporters = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      exporters.add(devices.exporter(i));
    }
    return new Case(devices.request(exporters), importers, exporters);
  }

  private static String key(
      ExporterOffer exporter, Placement placement, Object format, long modifier) {
    return exporter.id() + " " + placement.name() + " " + format + " " + modifier;
  }

  private static String key(Candidate candidate) {
    return key(
        candidate.exporter(),
        candidate.placement(),
        candidate.format().orElse(null),
        candidate.modifier());
  }

  private static String key(Tried tried) {
    return key(tried.exporter(), tried.placement(), tried.format(), tried.modifier());
  }

  private static Set<String> refused(Candidate candidate) {
    return candidate.refusals().stream()
        .map(refusal -> refusal.who() + " " + refusal.constraint())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  @Row("N15")
  void shouldAnswerAsBruteForceDoesInThousandsOfCases() {
    Random random = new Random(SEED);
    Set<Constraint> seen = new HashSet<>();
    int fitted = 0;
    int several = 0;
    for (int i = 0; i < CASES; i++) {
      Case given = generate(random);
      BruteForce force = new BruteForce(given.request(), given.importers());
      List<Tried> all = force.all(given.exporters());
      List<Tried> expected = force.cheapestFirst(all);

      Negotiation answer = Negotiation.of(given.request(), given.importers(), given.exporters());

      assertThat(answer.fitting().stream().map(NegotiationAgainstBruteForceTest::key))
          .as("case %d: %s", i, given)
          .containsExactlyElementsOf(
              expected.stream().map(NegotiationAgainstBruteForceTest::key).toList());
      assertThat(answer.best()).isEqualTo(answer.fitting().stream().findFirst());
      assertThat(
              answer.candidates().stream()
                  .collect(
                      Collectors.toMap(
                          NegotiationAgainstBruteForceTest::key,
                          NegotiationAgainstBruteForceTest::refused)))
          .as("case %d: %s", i, given)
          .isEqualTo(
              all.stream()
                  .collect(
                      Collectors.toMap(NegotiationAgainstBruteForceTest::key, Tried::refused)));
      answer.candidates().forEach(one -> one.refusals().forEach(r -> seen.add(r.constraint())));
      fitted += expected.isEmpty() ? 0 : 1;
      several += expected.size() > 1 ? 1 : 0;
    }
    // The cases are worth something: each rule decides, and often there is a choice.
    assertThat(seen).containsExactlyInAnyOrder(Constraint.values());
    assertThat(fitted).isBetween(CASES / 10, CASES * 9 / 10);
    assertThat(several).isGreaterThan(CASES / 20);
  }

  @Test
  @Row("N15")
  void shouldAnswerTheSameInWhateverOrderServicesCome() {
    Random random = new Random(SEED + 1);
    for (int i = 0; i < 500; i++) {
      Case given = generate(random);
      Negotiation answer = Negotiation.of(given.request(), given.importers(), given.exporters());
      List<ExporterOffer> shuffled = new ArrayList<>(given.exporters());
      Collections.shuffle(shuffled, random);
      assertThat(
              Negotiation.of(given.request(), given.importers(), shuffled).candidates().stream()
                  .map(NegotiationAgainstBruteForceTest::key))
          .isEqualTo(
              answer.candidates().stream().map(NegotiationAgainstBruteForceTest::key).toList());
    }
  }

  @Test
  void shouldNameEveryDeviceAndConstraintThatRulesACandidateOut() {
    Random random = new Random(SEED + 2);
    int nobody = 0;
    for (int i = 0; i < 500; i++) {
      Case given = generate(random);
      Negotiation answer = Negotiation.of(given.request(), given.importers(), given.exporters());
      if (answer.best().isPresent() || answer.candidates().isEmpty()) {
        continue;
      }
      nobody++;
      String sentence = answer.sentence();
      assertThat(sentence).startsWith("No exporter can make");
      for (Candidate candidate : answer.candidates()) {
        assertThat(sentence).contains("not " + candidate.place() + ": ");
        candidate.refusals().forEach(refusal -> assertThat(sentence).contains(refusal.sentence()));
      }
    }
    assertThat(nobody).isGreaterThan(50);
  }
}
