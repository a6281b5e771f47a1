package org.dmabuf.negotiation;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;

/**
 * The rules of negotiation said once more, as simply as they can be and without any thought of
 * speed: every combination is tried, every step is counted, and the cheapest is found by comparing
 * each with each.
 */
final class BruteForce {
  /** One combination, with who refuses it for what as {@code "device CONSTRAINT"}. */
  record Tried(
      ExporterOffer exporter,
      Placement placement,
      PixelFormat format,
      long modifier,
      long bytes,
      Set<String> refused) {}

  private final BufferRequest request;
  private final List<ImporterNeeds> importers;

  BruteForce(BufferRequest request, List<ImporterNeeds> importers) {
    this.request = request;
    this.importers = importers;
  }

  List<Tried> all(List<ExporterOffer> exporters) {
    List<Tried> all = new ArrayList<>();
    for (ExporterOffer exporter : exporters) {
      if (!request.exporters().isEmpty() && !request.exporters().contains(exporter.name())) {
        continue;
      }
      for (Placement placement : exporter.placements()) {
        if (request.formats().isEmpty()) {
          all.add(tried(exporter, placement, null, Modifier.LINEAR));
        }
        for (PixelFormat format : request.formats()) {
          List<Long> modifiers = request.modifiers();
          if (modifiers.isEmpty()) {
            modifiers = exporter.formats().modifiers(format);
          }
          if (modifiers.isEmpty()) {
            modifiers = List.of(Modifier.LINEAR);
          }
          for (long modifier : modifiers) {
            all.add(tried(exporter, placement, format, modifier));
          }
        }
      }
    }
    return all;
  }

  private Tried tried(ExporterOffer exporter, Placement place, PixelFormat format, long modifier) {
    Set<String> refused = new TreeSet<>();
    int align = Math.max(request.pitchAlign(), exporter.pitchAlign());
    for (ImporterNeeds device : importers) {
      align = Math.max(align, device.pitchAlign());
    }
    long bytes = request.bytes();
    if (format != null) {
      bytes = FrameLayout.of(format, request.width(), request.height(), align).size();
      pixels(exporter.name(), exporter.formats(), exporter.sizes(), format, modifier, refused);
    }
    long wanted = bytes;
    for (bytes = 0; bytes < wanted; bytes += place.shortestRun()) {}
    if (bytes > place.maxBytes()) {
      refused.add(exporter.name() + " BYTES");
    }
    for (ImporterNeeds device : importers) {
      if (format != null) {
        pixels(device.name(), device.formats(), device.sizes(), format, modifier, refused);
        boolean stranger =
            exporter.driver().isEmpty() || !exporter.driver().equals(device.driver());
        if (modifier == Modifier.INVALID && stranger) {
          refused.add(device.name() + " DRIVER");
        }
      }
      memory(device, place, bytes, refused);
    }
    return new Tried(exporter, place, format, modifier, bytes, refused);
  }

  private void pixels(
      String who,
      FormatTable table,
      SizeLimits size,
      PixelFormat format,
      long mod,
      Set<String> to) {
    if (!table.formats().contains(format)) {
      to.add(who + " FORMAT");
    } else if (!table.modifiers(format).contains(mod)) {
      to.add(who + " MODIFIER");
    }
    if (request.width() < size.minWidth() || request.width() > size.maxWidth()) {
      to.add(who + " WIDTH");
    }
    if (request.height() < size.minHeight() || request.height() > size.maxHeight()) {
      to.add(who + " HEIGHT");
    }
  }

  private static void memory(ImporterNeeds device, Placement place, long bytes, Set<String> to) {
    if (bytes > device.sizes().maxBytes()) {
      to.add(device.name() + " BYTES");
    }
    if (place.peer() && !device.peerToPeer()) {
      to.add(device.name() + " PEER");
    }
    boolean oneRun = place.contiguous() || bytes == place.shortestRun();
    int most = 0;
    if (device.iommuPage() == 0) {
      int bits = Long.bitCount(device.constraints().addressMask());
      if (bits < 63 && Long.bitCount(place.addressMask()) > bits) {
        to.add(device.name() + " ADDRESS");
      }
      if (place.alignment() % device.constraints().alignment() != 0) {
        to.add(device.name() + " ALIGNMENT");
      }
      if (device.constraints().contiguous() && !oneRun) {
        to.add(device.name() + " CONTIGUITY");
      }
      long run = oneRun ? bytes : place.shortestRun();
      for (long done = 0; done < bytes; done += run) {
        most += pieces(run, place.alignment(), device);
      }
    } else {
      if (place.alignment() % device.iommuPage() != 0) {
        to.add(device.name() + " ALIGNMENT");
      }
      if (!oneRun && place.shortestRun() % device.iommuPage() != 0) {
        to.add(device.name() + " IOMMU_PAGE");
      }
      long first = Math.max(device.iommuPage(), device.constraints().alignment());
      most = pieces(bytes, first, device);
    }
    if (most > device.maxSegments()) {
      to.add(device.name() + " SEGMENTS");
    }
  }

  /** One, one for each cut for length, and one for each boundary, begun as late as can be. */
  private static int pieces(long run, long alignment, ImporterNeeds device) {
    long step = Math.max(4096, device.constraints().alignment());
    long longest = device.constraints().maxSegment() / step * step;
    int pieces = 1;
    for (long cut = longest; cut > 0 && cut < run; cut += longest) {
      pieces++;
    }
    long mask = device.constraints().segmentBoundaryMask();
    if (mask >= 0 && mask < Long.MAX_VALUE) {
      long begin = Math.max(mask + 1 - alignment, 0);
      for (long at = mask + 1; at <= begin + run - 1; at += mask + 1) {
        pieces++;
      }
    }
    return pieces;
  }

  private static BigInteger unsigned(long number) {
    return new BigInteger(Long.toUnsignedString(number));
  }

  /** Those that nobody refuses, by picking the best of those that are left again and again. */
  List<Tried> cheapestFirst(List<Tried> all) {
    List<Tried> left = new ArrayList<>(all.stream().filter(t -> t.refused().isEmpty()).toList());
    List<Tried> sorted = new ArrayList<>();
    while (!left.isEmpty()) {
      Tried best = left.getFirst();
      for (Tried other : left) {
        best = isBetter(other, best) ? other : best;
      }
      left.remove(best);
      sorted.add(best);
    }
    return sorted;
  }

  private boolean isBetter(Tried one, Tried other) {
    if (one.format() != other.format()) {
      return request.formats().indexOf(one.format()) < request.formats().indexOf(other.format());
    }
    if (one.modifier() != other.modifier()) {
      return isBetterModifier(one.modifier(), other.modifier());
    }
    if (one.placement().cost() != other.placement().cost()) {
      return one.placement().cost() < other.placement().cost();
    }
    if (one.bytes() != other.bytes()) {
      return one.bytes() < other.bytes();
    }
    if (one.exporter().ranking() != other.exporter().ranking()) {
      return one.exporter().ranking() > other.exporter().ranking();
    }
    if (!one.exporter().name().equals(other.exporter().name())) {
      return one.exporter().name().compareTo(other.exporter().name()) < 0;
    }
    if (one.exporter().id() != other.exporter().id()) {
      return one.exporter().id() < other.exporter().id();
    }
    List<Placement> places = one.exporter().placements();
    return places.indexOf(one.placement()) < places.indexOf(other.placement());
  }

  private boolean isBetterModifier(long one, long other) {
    if (!request.modifiers().isEmpty()) {
      return request.modifiers().indexOf(one) < request.modifiers().indexOf(other);
    }
    if (one == Modifier.INVALID || other == Modifier.INVALID) {
      return other == Modifier.INVALID;
    }
    if (one == Modifier.LINEAR || other == Modifier.LINEAR) {
      return other == Modifier.LINEAR;
    }
    return unsigned(one).compareTo(unsigned(other)) < 0;
  }
}
