package org.dmabuf.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What a pair's forks measured together. Its keys in JSON are an interface.
 *
 * @param name of the pair
 * @param peer what ours is compared with
 * @param oursNs the median of our forks, for one operation; of a slow-down, how many times longer
 *     one takes beside another
 * @param peerNs the median of the peer's forks
 * @param ratio the median of ours to the peer's, fork by fork
 * @param low the lower end of the ratio's interval of at least 95 %
 * @param high the upper end
 * @param oursBytes the median of what one of our operations allocates
 * @param beside medians of what else was measured of ours, by name; mostly none
 */
record Result(
    String name,
    String peer,
    @JsonProperty("ours_ns") double oursNs,
    @JsonProperty("peer_ns") double peerNs,
    double ratio,
    double low,
    double high,
    @JsonProperty("ours_bytes") double oursBytes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> beside) {

  /** Fewer pairs of forks than this give no interval of 95 %. */
  static final int FEWEST_FORKS = 6;

  /**
   * Sums up.
   *
   * @param pair what was measured
   * @param ours our forks in the order in which they ran
   * @param peers the peer's, as many
   */
  static Result of(Pair pair, List<Sample> ours, List<Sample> peers) {
    int forks = ours.size();
    if (forks < FEWEST_FORKS || peers.size() != forks) {
      throw new IllegalArgumentException(
          forks + " and " + peers.size() + " forks; " + FEWEST_FORKS + " or more of each");
    }
    double[] ratios = new double[forks];
    for (int i = 0; i < forks; i++) {
      ratios[i] = ours.get(i).nanos() / peers.get(i).nanos();
    }
    Arrays.sort(ratios);
    int cut = cut(forks);
    return new Result(
        pair.name(),
        pair.peer(),
        median(ours, Sample::nanos),
        median(peers, Sample::nanos),
        median(ratios),
        ratios[cut],
        ratios[forks - 1 - cut],
        median(ours, Sample::bytes),
        beside(ours));
  }

  private static Map<String, Double> beside(List<Sample> ours) {
    Map<String, Double> medians = new TreeMap<>();
    for (String name : ours.getFirst().beside().keySet()) {
      medians.put(name, median(ours, sample -> sample.beside().get(name)));
    }
    return medians;
  }

  /**
   * How many of the smallest and of the largest values may be left out so that the rest holds the
   * true median with 95 %: a value falls on each side of it as a coin does.
   */
  static int cut(int forks) {
    double each = Math.pow(0.5, forks);
    double outside = 0;
    double ways = 1;
    int cut = 0;
    while (cut < forks / 2) {
      outside += 2 * ways * each;
      if (outside > 0.05) {
        break;
      }
      ways = ways * (forks - cut) / (cut + 1);
      cut++;
    }
    return Math.max(0, cut - 1);
  }

  private static double median(List<Sample> samples, ToDoubleFunction<Sample> of) {
    double[] values = samples.stream().mapToDouble(of).sorted().toArray();
    return median(values);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
