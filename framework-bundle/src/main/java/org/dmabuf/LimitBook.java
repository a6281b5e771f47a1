package org.dmabuf;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.dmabuf.limit.ClientLimits;

/**
 * What each bundle may have: what all may, with a bundle's own in their place. Thread-safe: its
 * monitor orders changes, so that the last one stands for all clients of a bundle.
 */
final class LimitBook {
  private final ClientLimits ofAll;
  private final Map<String, ClientLimits> ofBundle = new HashMap<>();
  private final Collection<Client> clients;

  /**
   * Makes one without limits for single bundles.
   *
   * @param clients that are open, seen as they come and go
   */
  LimitBook(ClientLimits ofAll, Collection<Client> clients) {
    this.ofAll = ofAll;
    this.clients = clients;
  }

  /** Sets what one bundle may have, now and when it comes. */
  synchronized void set(String bundle, ClientLimits limits) {
    if (limits.values().isEmpty()) {
      ofBundle.remove(bundle);
    } else {
      ofBundle.put(bundle, limits);
    }
    for (Client client : clients) {
      if (client.bundle().equals(bundle)) {
        apply(client);
      }
    }
  }

  /** Sets a client's limits; it is among the clients by now. */
  synchronized void apply(Client client) {
    ClientLimits own = ofBundle.getOrDefault(client.bundle(), ClientLimits.NONE);
    client.quotas().apply(ofAll.over(own));
  }
}
