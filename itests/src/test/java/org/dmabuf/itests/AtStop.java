package org.dmabuf.itests;

import org.dmabuf.display.kms.DisplayDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;

/** Looks what the display does at the moment at which a role's driver takes its service away. */
final class AtStop implements ServiceListener {
  private final BundleContext context;
  private final DisplayDevice display;
  private volatile String status = "no driver has left";

  AtStop(BundleContext context, Role role) {
    this.context = context;
    // Taken now: a service that leaves cannot be found any more.
    this.display = Services.get(context, DisplayDevice.class);
    try {
      context.addServiceListener(this, "(objectClass=" + role.service() + ")");
    } catch (InvalidSyntaxException impossible) {
      throw new AssertionError("No class name makes a filter wrong", impossible);
    }
  }

  @Override
  public void serviceChanged(ServiceEvent event) {
    if (event.getType() == ServiceEvent.UNREGISTERING) {
      context.removeServiceListener(this);
      status = display.status();
    }
  }

  String displayStatus() {
    return status;
  }
}
