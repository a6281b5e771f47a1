package org.dmabuf.negotiation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.dmabuf.DmaConstraints;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;

/** Sets of devices and exporters by chance, near enough to each other that they often suit. */
public final class RandomDevices {
  /** Of vendors; the second has the highest bit, where signed order differs. */
  static final long TILED = 0x0100_0000_0000_0001L;

  static final long COMPRESSED = 0x8300_0000_0000_0002L;

  private static final List<PixelFormat> FORMATS =
      List.of(PixelFormat.NV12, PixelFormat.XRGB8888, PixelFormat.GREY);
  private static final List<Long> MODIFIERS =
      List.of(Modifier.LINEAR, Modifier.INVALID, TILED, COMPRESSED);

  private final Random random;

  public RandomDevices(Random random) {
    this.random = random;
  }

  @SafeVarargs
  private <T> T any(T... values) {
    return values[random.nextInt(values.length)];
  }

  private boolean seldom() {
    return random.nextInt(6) == 0;
  }

  BufferRequest request(List<ExporterOffer> exporters) {
    String named = exporters.isEmpty() ? "x" : any(exporters.toArray(ExporterOffer[]::new)).name();
    Set<String> only = seldom() ? new HashSet<>(List.of(named, "exporter1")) : Set.of();
    if (seldom()) {
      long bytes = any(1L, 4096L, 10_000L, 65_536L);
      return new BufferRequest(List.of(), 0, 0, bytes, List.of(), 1, only);
    }
    List<PixelFormat> formats = shuffled(FORMATS, 1 + random.nextInt(3));
    List<Long> modifiers = seldom() ? shuffled(MODIFIERS, 1 + random.nextInt(3)) : List.of();
    int width = any(1, 16, 50, 64, 200);
    int height = any(1, 17, 64, 100);
    return new BufferRequest(formats, width, height, 0, modifiers, any(1, 1, 32, 256), only);
  }

  private <T> List<T> shuffled(List<T> of, int count) {
    List<T> all = new ArrayList<>(of);
    Collections.shuffle(all, random);
    return all.subList(0, count);
  }

  public ImporterNeeds importer(String name) {
    long alignment = any(1L, 64L, 4096L, 4096L, 16_384L);
    long least = Math.max(DmaConstraints.SMALLEST_SEGMENT, alignment);
    return new ImporterNeeds(
        name,
        any("", "vendor", "other"),
        formats(),
        new DmaConstraints(
            any(-1L, -1L, -1L, 0xffff_ffffL, (1L << 36) - 1, Long.MAX_VALUE),
            alignment,
            seldom(),
            any(Long.MAX_VALUE, Long.MAX_VALUE, least, least + 5000, 65_536L),
            any(-1L, -1L, Long.MAX_VALUE, 0xffffL, least - 1, 4 * least - 1)),
        any(0L, 0L, 0L, 4096L, 16_384L),
        any(1, 2, 9, ImporterNeeds.MOST_SEGMENTS, ImporterNeeds.MOST_SEGMENTS),
        random.nextBoolean(),
        any(1, 1, 64, 128),
        sizes());
  }

  ExporterOffer exporter(int number) {
    List<Placement> places = new ArrayList<>();
    for (String place : Arrays.asList("a", "b").subList(0, 1 + random.nextInt(2))) {
      places.add(placement(place));
    }
    return new ExporterOffer(
        number,
        any(0, 0, -1, 5),
        // Two may have one name.
        "exporter" + random.nextInt(4),
        any("", "vendor", "vendor", "other"),
        formats(),
        any(1, 1, 64, 512),
        sizes(),
        places);
  }

  public Placement placement(String name) {
    return new Placement(
        name,
        any(0, 0, 1, 7),
        any(0xffff_ffffL, 0xffff_ffffL, (1L << 36) - 1, Long.MAX_VALUE, -1L),
        any(4096L, 4096L, 16_384L, 64L),
        random.nextBoolean(),
        any(4096L, 4096L, 16_384L, 65_536L),
        seldom(),
        any(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 4096L, 65_536L));
  }

  private FormatTable formats() {
    Set<PixelFormat> some = EnumSet.copyOf(shuffled(FORMATS, 2 + random.nextInt(2)));
    FormatTable table = FormatTable.linear(some);
    for (PixelFormat format : some) {
      if (random.nextBoolean()) {
        table = table.with(format, shuffled(MODIFIERS, 1 + random.nextInt(4)));
      }
    }
    return table;
  }

  private SizeLimits sizes() {
    return seldom()
        ? new SizeLimits(
            any(1, 16),
            any(1, 17),
            any(64, 4096),
            any(64, 4096),
            any(Long.MAX_VALUE, 4096L, 30_000L))
        : SizeLimits.NONE;
  }
}
