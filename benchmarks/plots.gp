print "no plots yet"
