package org.dmabuf.negotiation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.dmabuf.DmaBuf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exporters that can be asked now, and the importers whose needs are known by their properties.
 * Properties are read once, when a service comes or changes, and never in a negotiation.
 *
 * <pre>
 *   services --come, change, go--> catalog (lists that are replaced, never changed)
 *                                     \--> a negotiation goes on with the lists that it began with
 * </pre>
 *
 * <p>Thread-safe; its monitor is held by those who write only, and never across a call into another
 * bundle.
 */
public final class DeviceCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceCatalog.class);

  /** Lends an exporter for the time of a call, so that nobody keeps a driver's object. */
  @FunctionalInterface
  public interface Lender {
    /**
     * Asks the exporter.
     *
     * @param question called with the exporter; never null
     * @return the answer; empty when the exporter is gone
     */
    Optional<DmaBuf> ask(Function<BufferExporter, DmaBuf> question);
  }

  /** Something that stands in the catalog. */
  @FunctionalInterface
  public interface Listing extends AutoCloseable {
    /** Takes it out; nothing when it is out. */
    @Override
    void close();
  }

  // A later listing of the same service, with equal properties perhaps, is another one.
  private record Exporter(ExporterOffer offer, Lender lender) {
    @SuppressWarnings("ReferenceEquality")
    boolean isSame(Exporter other) {
      return this == other;
    }
  }

  private record Device(long id, ImporterNeeds needs) {
    @SuppressWarnings("ReferenceEquality")
    boolean isSame(Device other) {
      return this == other;
    }
  }

  private final AtomicLong last = new AtomicLong();
  private volatile List<Exporter> exporters = List.of();
  private volatile List<ExporterOffer> offers = List.of();
  private volatile List<Device> devices = List.of();

  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  /** Makes an empty catalog. */
  public DeviceCatalog() {}

  /**
   * Lists an exporter, or changes what one offers that is listed with the same id.
   *
   * @param offer what it can make, never null
   * @param lender how to ask it, never null
   * @return takes out what was listed by this call, never null
   */
  public Listing add(ExporterOffer offer, Lender lender) {
    Exporter exporter = new Exporter(offer, lender);
    change(
        () ->
            list(with(exporters, listed -> listed.offer().id() == offer.id(), exporter), devices));
    return () -> change(() -> list(without(exporters, exporter::isSame), devices));
  }

  /**
   * Lists an exporter in plain Java, under an id of the catalog's own.
   *
   * @param offer what it can make, never null
   * @param exporter what makes it, never null
   */
  public Listing add(ExporterOffer offer, BufferExporter exporter) {
    return add(
        offer.withId(last.incrementAndGet()), question -> Optional.of(question.apply(exporter)));
  }

  /**
   * Lists an importer, or changes the needs of one that is listed with the same id.
   *
   * @param id tells importers apart
   * @param needs what it needs, never null
   * @return takes out what was listed by this call, never null
   */
  public Listing add(long id, ImporterNeeds needs) {
    Device device = new Device(id, needs);
    change(() -> list(exporters, with(devices, listed -> listed.id() == id, device)));
    return () -> change(() -> list(exporters, without(devices, device::isSame)));
  }

  /**
   * Has somebody told of each change, after it was made: who asks then sees it.
   *
   * @param told called with no lock held, on the thread that makes the change; must be short; never
   *     null
   * @return ends it, never null
   */
  public Listing watch(Runnable told) {
    // An object of its own, so that two watches with the same runnable are two.
    Runnable watcher = () -> told.run();
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }

  /** Returns what the exporters that are there now can make, never null. */
  public List<ExporterOffer> offers() {
    return offers;
  }

  /** Returns what the importers that are there now need, never null. */
  public List<ImporterNeeds> importers() {
    return devices.stream().map(Device::needs).toList();
  }

  /**
   * Asks an exporter for a buffer. Called with no lock held.
   *
   * @param offer one of {@link #offers()}, perhaps of some time ago; never null
   * @param question called with the exporter, never null
   * @return its answer; empty when the exporter is gone
   */
  public Optional<DmaBuf> ask(ExporterOffer offer, Function<BufferExporter, DmaBuf> question) {
    for (Exporter exporter : exporters) {
      if (exporter.offer().id() == offer.id()) {
        return exporter.lender().ask(question);
      }
    }
    return Optional.empty();
  }

  private void change(Runnable written) {
    synchronized (this) {
      written.run();
    }
    for (Runnable watcher : watchers) {
      try {
        watcher.run();
      } catch (RuntimeException | LinkageError failed) {
        LOG.warn("Somebody who was told of exporters failed: {}", failed.toString());
      }
    }
  }

  private void list(List<Exporter> nowExporters, List<Device> nowDevices) {
    exporters = nowExporters;
    offers = nowExporters.stream().map(Exporter::offer).toList();
    devices = nowDevices;
  }

  private static <T> List<T> with(List<T> list, Predicate<T> replaced, T added) {
    List<T> all = new ArrayList<>(without(list, replaced));
    all.add(added);
    return List.copyOf(all);
  }

  private static <T> List<T> without(List<T> list, Predicate<T> removed) {
    return list.stream().filter(removed.negate()).toList();
  }
}
