package org.dmabuf.negotiation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.dmabuf.DmaConstraints;

/**
 * The answer to who could make a buffer that suits all devices, and why the others could not.
 * Immutable; thread-safe.
 *
 * <p>The candidates stand in a total order, which is the same each time: those that fit before
 * those that do not, and among them
 *
 * <ol>
 *   <li>the format that the request names first;
 *   <li>the modifier that the request names first; when it names none, a vendor's (for which the
 *       devices were made; the lowest number first), then LINEAR, then INVALID;
 *   <li>the placement of the least cost;
 *   <li>the fewest bytes, padding and rounding included;
 *   <li>the exporter of the highest service ranking;
 *   <li>the exporter whose name comes first, the older service among those of one name;
 *   <li>the placement that the exporter names first.
 * </ol>
 *
 * <p>A modifier fits whoever has the equal number, and INVALID, which says nothing, only devices of
 * the exporter's own driver. A placement fits when what it promises of its memory is all that the
 * device needs, whatever piece of it the buffer gets. Pitches are multiples of the greatest
 * alignment of all, so that they never rule anything out.
 *
 * <p>Kernel counterpart: none; what {@code dma-buf-alloc-exchange.rst} leaves to user space.
 */
public final class Negotiation {
  private final BufferRequest request;
  private final List<ImporterNeeds> importers;
  private final List<Candidate> candidates;

  private Negotiation(
      BufferRequest request, List<ImporterNeeds> importers, List<Candidate> candidates) {
    this.request = request;
    this.importers = importers;
    this.candidates = candidates;
  }

  /**
   * Answers a request. Calls nobody.
   *
   * @param request what is wanted, never null
   * @param importers the devices that will use it, none or more, never null
   * @param exporters what there is to choose from, each with an id of its own, never null
   * @return the answer, never null
   */
  public static Negotiation of(
      BufferRequest request, List<ImporterNeeds> importers, List<ExporterOffer> exporters) {
    List<ImporterNeeds> devices = List.copyOf(importers);
    Set<String> wanted = request.exporters();
    List<ExporterOffer> asked =
        exporters.stream()
            .filter(offer -> wanted.isEmpty() || wanted.contains(offer.name()))
            .toList();
    return new Negotiation(request, devices, List.copyOf(new Weighing(request, devices).of(asked)));
  }

  /** Returns what was wanted, never null. */
  public BufferRequest request() {
    return request;
  }

  /** Returns the devices that will use it, in the order given, never null. */
  public List<ImporterNeeds> importers() {
    return importers;
  }

  /** Returns all candidates in their order, those that fit first; never null. */
  public List<Candidate> candidates() {
    return candidates;
  }

  /** Returns those that fit, the cheapest first; never null. */
  public List<Candidate> fitting() {
    return candidates.stream().filter(Candidate::fits).toList();
  }

  /** Returns the cheapest that fits; empty when none does. */
  public Optional<Candidate> best() {
    return candidates.isEmpty() || !candidates.getFirst().fits()
        ? Optional.empty()
        : Optional.of(candidates.getFirst());
  }

  /** Returns what an exporter is told to make a candidate, never null. */
  public BufferSpec specOf(Candidate candidate) {
    DmaConstraints memory = DmaConstraints.NONE;
    for (ImporterNeeds device : importers) {
      memory = memory.and(device.memory());
    }
    return new BufferSpec(
        candidate.placement().name(),
        candidate.layout().map(layout -> layout.size()).orElse(candidate.bytes()),
        candidate.format(),
        candidate.modifier(),
        request.width(),
        request.height(),
        candidate.pitchAlign(),
        candidate.layout(),
        memory);
  }

  /**
   * Returns who does not suit a buffer of a candidate's that was made and has turned out larger
   * than its least size.
   *
   * @param bytes its size
   */
  public List<Refusal> refusalsOf(Candidate candidate, long bytes) {
    List<Refusal> refusals = new ArrayList<>();
    long rounded = candidate.placement().rounded(bytes);
    importers.forEach(device -> MemoryFit.check(device, candidate.placement(), rounded, refusals));
    return refusals;
  }

  /** Returns the request and the devices in words; never null. */
  public String question() {
    String devices = importers.stream().map(ImporterNeeds::name).collect(Collectors.joining(", "));
    return request.text() + " for " + (devices.isEmpty() ? "no device" : devices);
  }

  /**
   * Returns the whole answer in words: who would make the buffer, and for each other place who
   * rules it out and why; never null.
   */
  public String sentence() {
    if (candidates.isEmpty()) {
      return "Nobody can be asked for " + question();
    }
    String answer =
        best()
            .map(found -> question() + ": " + found.place() + " can, as " + found.pixels())
            .orElseGet(() -> "No exporter can make " + question());
    String reasons = reasons();
    return reasons.isEmpty() ? answer : answer + "; " + reasons;
  }

  /** For each place that has a candidate that does not fit, all reasons once. */
  private String reasons() {
    Map<String, Set<String>> places = new LinkedHashMap<>();
    for (Candidate candidate : candidates) {
      Set<String> reasons =
          candidate.fits()
              ? Set.of()
              : places.computeIfAbsent(candidate.place(), place -> new LinkedHashSet<>());
      candidate.refusals().forEach(refusal -> reasons.add(refusal.sentence()));
    }
    return places.entrySet().stream()
        .map(place -> "not " + place.getKey() + ": " + String.join(", ", place.getValue()))
        .collect(Collectors.joining("; "));
  }
}
