package org.dmabuf.osgi;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.dmabuf.DmaBuf;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.DeviceCatalog;
import org.dmabuf.negotiation.DeviceCatalog.Listing;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the catalog of exporters and importers as services come, change and go. Only their
 * properties are looked at, once; no service is got before it is asked for a buffer, and none is
 * kept.
 *
 * <pre>
 *   service registered --> read --+--> listed --properties changed--> read again
 *                                 \--> warned of, not listed          --unregistered--> taken out
 * </pre>
 */
final class NegotiatingServices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NegotiatingServices.class);

  private static final String SERVICE_ID = "service.id";

  private final BundleContext context;
  private final ServiceTracker<BufferExporter, Entry<BufferExporter>> exporters;
  private final ServiceTracker<Importer, Entry<Importer>> importers;

  /** Begins to follow the services. */
  NegotiatingServices(BundleContext context, DeviceCatalog catalog) {
    this.context = context;
    this.exporters =
        tracker(
            BufferExporter.class,
            service -> {
              ExporterOffer offer = ExporterOffer.of(properties(service));
              return catalog.add(offer, question -> ask(service, question));
            });
    this.importers =
        tracker(
            Importer.class,
            service ->
                catalog.add(
                    (Long) service.getProperty(SERVICE_ID), ImporterNeeds.of(properties(service))));
    exporters.open();
    importers.open();
  }

  @Override
  public void close() {
    exporters.close();
    importers.close();
  }

  private static Map<String, Object> properties(ServiceReference<?> service) {
    return FrameworkUtil.asMap(service.getProperties());
  }

  private Optional<DmaBuf> ask(
      ServiceReference<BufferExporter> service, Function<BufferExporter, DmaBuf> question) {
    BufferExporter exporter = context.getService(service);
    if (exporter == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(question.apply(exporter));
    } finally {
      context.ungetService(service);
    }
  }

  private <S> ServiceTracker<S, Entry<S>> tracker(
      Class<S> type, Function<ServiceReference<S>, Listing> list) {
    return new ServiceTracker<>(
        context,
        type,
        new ServiceTrackerCustomizer<S, Entry<S>>() {
          @Override
          public Entry<S> addingService(ServiceReference<S> service) {
            Entry<S> entry = new Entry<>(list);
            entry.list(service);
            return entry;
          }

          @Override
          public void modifiedService(ServiceReference<S> service, Entry<S> entry) {
            entry.list(service);
          }

          @Override
          public void removedService(ServiceReference<S> service, Entry<S> entry) {
            entry.leave();
          }
        });
  }

  /**
   * One service, whether its properties can be read now or not. One thread at a time reads and
   * lists them; what comes meanwhile on another is left to it, so that nobody waits and those who
   * watch the catalog are told with no lock held.
   *
   * <pre>
   *   QUIET --list()--> LISTING --list()--> CHANGED
   *     ^                |    ^---read again---|
   *     +------listed----+    |                |
   *     |                  leave()          leave()
   *  leave()                 v                |
   *     +-----> GONE <----(taken out by who lists)
   * </pre>
   */
  private static final class Entry<S> {
    private enum State {
      QUIET,
      LISTING,
      CHANGED,
      GONE
    }

    private final Function<ServiceReference<S>, Listing> lister;
    private State state = State.QUIET; // guarded by this
    // Of who lists; of who leaves when nobody does: the state hands it over.
    private Optional<Listing> listing = Optional.empty();

    Entry(Function<ServiceReference<S>, Listing> lister) {
      this.lister = lister;
    }

    void list(ServiceReference<S> service) {
      if (!begin()) {
        return;
      }
      do {
        try {
          listing = Optional.of(lister.apply(service));
        } catch (RuntimeException unreadable) {
          LOG.warn("{}; it takes no part in negotiations", unreadable.getMessage());
          unlist();
        }
      } while (!end());
    }

    void leave() {
      if (goneWhileQuiet()) {
        unlist();
      }
    }

    private synchronized boolean begin() {
      if (state == State.LISTING) {
        state = State.CHANGED;
      }
      if (state != State.QUIET) {
        return false;
      }
      state = State.LISTING;
      return true;
    }

    /** Returns whether there is nothing more to list; takes out what has left meanwhile. */
    private boolean end() {
      synchronized (this) {
        if (state == State.CHANGED) {
          state = State.LISTING;
          return false;
        }
        if (state == State.LISTING) {
          state = State.QUIET;
          return true;
        }
      }
      unlist();
      return true;
    }

    private synchronized boolean goneWhileQuiet() {
      boolean quiet = state == State.QUIET;
      state = State.GONE;
      return quiet;
    }

    private void unlist() {
      listing.ifPresent(Listing::close);
      listing = Optional.empty();
    }
  }
}
